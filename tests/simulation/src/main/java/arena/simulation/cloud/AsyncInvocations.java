package arena.simulation.cloud;

import arena.error.Dependency;
import arena.run.RunId;
import arena.simulation.faults.FaultyNetwork;
import arena.simulation.stores.Call;
import arena.stream.FanOutInvoker;
import java.util.function.BiConsumer;

/** Asynchronous invocations of the product's own functions. */
public final class AsyncInvocations implements FanOutInvoker {
  private final FaultyNetwork network;
  private final Lambda lambda;
  private final BiConsumer<RunId, Boolean> fanOut;

  public AsyncInvocations(FaultyNetwork network, Lambda lambda, BiConsumer<RunId, Boolean> fanOut) {
    this.network = network;
    this.lambda = lambda;
    this.fanOut = fanOut;
  }

  @Override
  public void wake(RunId runId) {
    invoke(runId, false);
  }

  @Override
  public void wakeForPending(RunId runId) {
    invoke(runId, true);
  }

  private void invoke(RunId runId, boolean pending) {
    network.call(
        Call.FAN_OUT_INVOKER_WAKE,
        runId.value(),
        () -> {
          lambda.invokeAsync(
              Function.STREAM_EVENTS,
              () -> {
                fanOut.accept(runId, pending);
                return "";
              });
          return null;
        },
        message -> Dependency.FAN_OUT.unavailable(message, null));
  }
}
