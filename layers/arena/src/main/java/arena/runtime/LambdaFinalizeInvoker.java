package arena.runtime;

import arena.json.Json;
import arena.lifecycle.FinalizeInvoker;
import arena.run.Failure;
import arena.run.RunId;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import java.util.function.Supplier;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.lambda.LambdaClient;
import software.amazon.awssdk.services.lambda.model.InvocationType;

/** Finalizes a run by invoking finalize-run asynchronously. */
final class LambdaFinalizeInvoker implements FinalizeInvoker {
  private final Supplier<LambdaClient> lambda;
  private final String function;

  LambdaFinalizeInvoker(Supplier<LambdaClient> lambda, String function) {
    this.lambda = lambda;
    this.function = function;
  }

  @Override
  public void finalizeRun(RunId runId, Optional<Failure> failure) {
    ObjectNode event = Json.object();
    event.put("run_id", runId.value());
    event.put("status", failure.isPresent() ? "failed" : "complete");
    failure.ifPresent(
        why -> event.putObject("error").put("code", why.code()).put("message", why.message()));
    lambda
        .get()
        .invoke(
            request ->
                request
                    .functionName(function)
                    .invocationType(InvocationType.EVENT)
                    .payload(SdkBytes.fromUtf8String(event.toString())));
  }
}
