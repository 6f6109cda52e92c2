package arena.simulation.cloud;

import arena.error.Dependency;
import arena.run.RunId;
import arena.simulation.faults.FaultyNetwork;
import arena.simulation.stores.Call;
import arena.stream.FanOutInvoker;
import java.util.function.Consumer;

/** Asynchronous invocations of the product's own functions. */
public final class AsyncInvocations implements FanOutInvoker {
  private final FaultyNetwork network;
  private final Lambda lambda;
  private final Consumer<RunId> fanOut;

  public AsyncInvocations(FaultyNetwork network, Lambda lambda, Consumer<RunId> fanOut) {
    this.network = network;
    this.lambda = lambda;
    this.fanOut = fanOut;
  }

  @Override
  public void wake(RunId runId) {
    network.call(
        Call.FAN_OUT_INVOKER_WAKE,
        runId.value(),
        () -> {
          lambda.invokeAsync(
              Function.STREAM_EVENTS,
              () -> {
                fanOut.accept(runId);
                return "";
              });
          return null;
        },
        message -> Dependency.FAN_OUT.unavailable(message, null));
  }
}
