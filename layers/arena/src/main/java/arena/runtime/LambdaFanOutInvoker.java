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

/** Wakes a run's fan-out by invoking stream-events asynchronously. */
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
    invoke(runId, "");
  }

  @Override
  public void wakeForPending(RunId runId) {
    invoke(runId, ",\"pending\":true");
  }

  private void invoke(RunId runId, String fields) {
    try {
      lambda
          .get()
          .invoke(
              request ->
                  request
                      .functionName(function)
                      .invocationType(InvocationType.EVENT)
                      .payload(SdkBytes.fromUtf8String(event(runId, fields))));
    } catch (SdkException e) {
      throw Dependency.FAN_OUT.unavailable(
          "failed to wake the fan-out of run %s".formatted(runId), e);
    }
  }

  /** Contains the wake-up time, for the fan-out lag. */
  private String event(RunId runId, String fields) {
    return "{\"run_id\":\"%s\",\"woken_at\":\"%s\"%s}"
        .formatted(runId, Timestamps.write(clock.instant()), fields);
  }
}
