package arena.runtime;

import arena.error.ErrorKind;
import arena.lifecycle.ReplayExecutions;
import arena.lifecycle.TurnTask;
import arena.lifecycle.TurnTaskCodec;
import arena.run.RunId;
import java.util.function.Supplier;
import software.amazon.awssdk.services.sfn.SfnClient;
import software.amazon.awssdk.services.sfn.model.ExecutionAlreadyExistsException;
import software.amazon.awssdk.services.sfn.model.ExecutionDoesNotExistException;

/** Executes replays in Step Functions; an execution's name is its run id. */
final class StepFunctionsExecutions implements ReplayExecutions {
  /** Maximum length of {@code StopExecution}'s cause, in characters. */
  private static final int MAX_CAUSE = 1_000;

  private final Supplier<SfnClient> stepFunctions;
  private final String stateMachineArn;

  StepFunctionsExecutions(Supplier<SfnClient> stepFunctions, String stateMachineArn) {
    this.stepFunctions = stepFunctions;
    this.stateMachineArn = stateMachineArn;
  }

  /** Returns the ARN of a run's execution. */
  static String executionArn(String stateMachineArn, RunId runId) {
    return stateMachineArn.replace(":stateMachine:", ":execution:") + ":" + runId;
  }

  @Override
  public void start(TurnTask first) {
    try {
      stepFunctions
          .get()
          .startExecution(
              request ->
                  request
                      .stateMachineArn(stateMachineArn)
                      .name(first.runId().value())
                      .input(TurnTaskCodec.write(first)));
    } catch (ExecutionAlreadyExistsException _) {
      // started by an earlier attempt and already ended
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
