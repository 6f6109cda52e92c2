package arena.simulation.cloud;

import arena.lifecycle.FinalizeInvoker;
import arena.run.Failure;
import arena.simulation.faults.FaultyNetwork;
import arena.simulation.stores.Call;
import arena.stream.FanOutInvoker;
import arena.stream.NotifierUnavailable;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** What the product has done in the background, by events to its own functions. */
public final class AsyncInvocations implements FanOutInvoker, FinalizeInvoker {
  private final FaultyNetwork wire;
  private final Lambda lambda;
  private final Consumer<String> fanOut;
  private final BiConsumer<String, Optional<Failure>> finalizeRun;

  /** Has these done. */
  public AsyncInvocations(
      FaultyNetwork wire,
      Lambda lambda,
      Consumer<String> fanOut,
      BiConsumer<String, Optional<Failure>> finalizeRun) {
    this.wire = wire;
    this.lambda = lambda;
    this.fanOut = fanOut;
    this.finalizeRun = finalizeRun;
  }

  @Override
  public void wake(String runId) {
    wire.call(
        Call.NOTIFIER_WAKE,
        runId,
        () -> {
          lambda.event(
              Function.STREAM_EVENTS,
              () -> {
                fanOut.accept(runId);
                return "";
              });
          return null;
        },
        message -> new NotifierUnavailable(message, null));
  }

  @Override
  public void finalizeRun(String runId, Optional<Failure> failure) {
    wire.call(
        Call.FINALIZER_FINALIZE,
        runId,
        () -> {
          lambda.event(
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
