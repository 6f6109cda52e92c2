package arena.simulation.cloud;

import arena.error.Dependency;
import arena.lifecycle.FinalizeInvoker;
import arena.run.Failure;
import arena.run.RunId;
import arena.simulation.faults.FaultyNetwork;
import arena.simulation.stores.Call;
import arena.stream.FanOutInvoker;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** Asynchronous invocations of the product's own functions. */
public final class AsyncInvocations implements FanOutInvoker, FinalizeInvoker {
  private final FaultyNetwork network;
  private final Lambda lambda;
  private final Consumer<RunId> fanOut;
  private final BiConsumer<RunId, Optional<Failure>> finalizeRun;

  public AsyncInvocations(
      FaultyNetwork network,
      Lambda lambda,
      Consumer<RunId> fanOut,
      BiConsumer<RunId, Optional<Failure>> finalizeRun) {
    this.network = network;
    this.lambda = lambda;
    this.fanOut = fanOut;
    this.finalizeRun = finalizeRun;
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

  @Override
  public void finalizeRun(RunId runId, Optional<Failure> failure) {
    network.call(
        Call.FINALIZE_INVOKER_FINALIZE,
        runId.value(),
        () -> {
          lambda.invokeAsync(
              Function.FINALIZE_RUN,
              () -> {
                finalizeRun.accept(runId, failure);
                return "";
              });
          return null;
        },
        ServiceUnavailable::new);
  }
}
