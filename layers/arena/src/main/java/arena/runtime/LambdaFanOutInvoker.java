package arena.runtime;

import arena.codec.Timestamps;
import arena.error.Dependency;
import arena.run.RunId;
import arena.stream.FanOutInvoker;
import java.time.InstantSource;
import java.util.function.Supplier;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.lambda.LambdaClient;
import software.amazon.awssdk.services.lambda.model.InvocationType;

/** Wakes a run's fan-out, or starts a recovery, by invoking stream-events asynchronously. */
final class LambdaFanOutInvoker implements FanOutInvoker {
  private final Supplier<LambdaClient> lambda;
  private final String function;
  private final InstantSource clock;

  LambdaFanOutInvoker(Supplier<LambdaClient> lambda, String function, InstantSource clock) {
    this.lambda = lambda;
    this.function = function;
    this.clock = clock;
  }

  @Override
  public void wake(RunId runId) {
    invoke("the fan-out of run " + runId, event(runId, ""));
  }

  @Override
  public void wakeForPending(RunId runId) {
    invoke("the fan-out of run " + runId, event(runId, ",\"pending\":true"));
  }

  @Override
  public void recover() {
    invoke("the recovery of readers", "{\"recover\":true}");
  }

  private void invoke(String what, String event) {
    try {
      lambda
          .get()
          .invoke(
              request ->
                  request
                      .functionName(function)
                      .invocationType(InvocationType.EVENT)
                      .payload(SdkBytes.fromUtf8String(event)));
    } catch (SdkException e) {
      throw Dependency.FAN_OUT.unavailable("failed to invoke " + what, e);
    }
  }

  /** Contains the wake-up time, for the fan-out lag. */
  private String event(RunId runId, String fields) {
    return "{\"run_id\":\"%s\",\"woken_at\":\"%s\"%s}"
        .formatted(runId, Timestamps.write(clock.instant()), fields);
  }
}
