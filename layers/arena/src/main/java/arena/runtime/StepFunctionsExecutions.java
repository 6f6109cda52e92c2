package arena.runtime;

import arena.error.ErrorKind;
import arena.json.Json;
import arena.lifecycle.FinalizeInvoker;
import arena.lifecycle.ReplayExecutions;
import arena.lifecycle.TurnTask;
import arena.lifecycle.TurnTaskCodec;
import arena.run.Failure;
import arena.run.RunId;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Supplier;
import software.amazon.awssdk.services.sfn.SfnClient;
import software.amazon.awssdk.services.sfn.model.ExecutionAlreadyExistsException;
import software.amazon.awssdk.services.sfn.model.ExecutionDoesNotExistException;

/**
 * Executes replays in Step Functions. The name of a run's execution is its run id; executions that
 * only finalize and close a run have other names.
 */
final class StepFunctionsExecutions implements ReplayExecutions, FinalizeInvoker {
  /** Maximum length of {@code StopExecution}'s cause, in characters. */
  private static final int MAX_CAUSE = 1_000;

  private final Supplier<SfnClient> stepFunctions;
  private final String stateMachineArn;
  private final InstantSource clock;

  StepFunctionsExecutions(
      Supplier<SfnClient> stepFunctions, String stateMachineArn, InstantSource clock) {
    this.stepFunctions = stepFunctions;
    this.stateMachineArn = stateMachineArn;
    this.clock = clock;
  }

  /** Returns the ARN of a run's execution. */
  static String executionArn(String stateMachineArn, RunId runId) {
    return stateMachineArn.replace(":stateMachine:", ":execution:") + ":" + runId;
  }

  @Override
  public void start(TurnTask first) {
    start(first.runId().value(), TurnTaskCodec.write(first));
  }

  /** Starts at most one execution per run and minute, because a name can be used only once. */
  @Override
  public void finalizeRun(RunId runId, Optional<Failure> failure) {
    ObjectNode input = Json.object();
    input.put("run_id", runId.value());
    input.put("status", failure.isPresent() ? "failed" : "complete");
    failure.ifPresent(
        why -> input.putObject("error").put("code", why.code()).put("message", why.message()));
    start(runId.value() + "-end-" + clock.millis() / 60_000, Json.write(input));
  }

  private void start(String name, String input) {
    try {
      stepFunctions
          .get()
          .startExecution(
              request -> request.stateMachineArn(stateMachineArn).name(name).input(input));
    } catch (ExecutionAlreadyExistsException _) {
      // started by an earlier attempt
    }
  }

  @Override
  public void stop(RunId runId, String cause) {
    try {
      stepFunctions
          .get()
          .stopExecution(
              request ->
                  request
                      .executionArn(executionArn(stateMachineArn, runId))
                      .error(ErrorKind.STOPPED.code())
                      .cause(cause.substring(0, Math.min(cause.length(), MAX_CAUSE))));
    } catch (ExecutionDoesNotExistException _) {
      // never started
    }
  }
}
