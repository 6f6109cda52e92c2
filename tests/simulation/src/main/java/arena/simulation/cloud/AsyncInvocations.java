package arena.simulation.cloud;

import arena.error.Dependency;
import arena.run.RunId;
import arena.simulation.faults.FaultyNetwork;
import arena.simulation.stores.Call;
import arena.stream.FanOutInvoker;
import java.time.Instant;
import java.time.InstantSource;

/** Asynchronous invocations of the product's own functions. */
public final class AsyncInvocations implements FanOutInvoker {
  private final FaultyNetwork network;
  private final Lambda lambda;
  private final InstantSource clock;
  private final FanOutFunction fanOut;
  private final Runnable recovery;

  /** The function that is invoked. */
  @FunctionalInterface
  public interface FanOutFunction {
    /** Handles an invocation that was requested at this time. */
    void handle(RunId runId, Instant wokenAt, boolean pending);
  }

  public AsyncInvocations(
      FaultyNetwork network,
      Lambda lambda,
      InstantSource clock,
      FanOutFunction fanOut,
      Runnable recovery) {
    this.network = network;
    this.lambda = lambda;
    this.clock = clock;
    this.fanOut = fanOut;
    this.recovery = recovery;
  }

  @Override
  public void wake(RunId runId) {
    invoke(runId, false);
  }

  @Override
  public void wakeForPending(RunId runId) {
    invoke(runId, true);
  }

  @Override
  public void recover() {
    invoke(Call.FAN_OUT_INVOKER_RECOVER, "", recovery);
  }

  private void invoke(RunId runId, boolean pending) {
    Instant wokenAt = clock.instant();
    invoke(Call.FAN_OUT_INVOKER_WAKE, runId.value(), () -> fanOut.handle(runId, wokenAt, pending));
  }

  private void invoke(Call call, String about, Runnable body) {
    network.call(
        call,
        about,
        () -> {
          lambda.invokeAsync(
              Function.STREAM_EVENTS,
              () -> {
                body.run();
                return "";
              });
          return null;
        },
        message -> Dependency.FAN_OUT.unavailable(message, null));
  }
}
