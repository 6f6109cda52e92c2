package arena.runtime;

import arena.stream.Notifier;
import arena.stream.NotifierUnavailable;
import java.util.function.Supplier;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.lambda.LambdaClient;
import software.amazon.awssdk.services.lambda.model.InvocationType;

/** Wakes a run's fan-out by invoking stream-events, asynchronously. */
final class LambdaNotifier implements Notifier {
  private final Supplier<LambdaClient> lambda;
  private final String function;

  LambdaNotifier(Supplier<LambdaClient> lambda, String function) {
    this.lambda = lambda;
    this.function = function;
  }

  @Override
  public void wake(String runId) {
    try {
      lambda
          .get()
          .invoke(
              request ->
                  request
                      .functionName(function)
                      .invocationType(InvocationType.EVENT)
                      .payload(SdkBytes.fromUtf8String("{\"run_id\":\"" + runId + "\"}")));
    } catch (SdkException e) {
      throw new NotifierUnavailable("fan-out of run %s was not woken".formatted(runId), e);
    }
  }
}
