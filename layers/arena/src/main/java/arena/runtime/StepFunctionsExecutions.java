package arena.runtime;

import arena.lifecycle.ReplayExecutions;
import arena.lifecycle.TurnTask;
import arena.lifecycle.TurnTaskCodec;
import java.util.function.Supplier;
import software.amazon.awssdk.services.sfn.SfnClient;
import software.amazon.awssdk.services.sfn.model.ExecutionAlreadyExistsException;
import software.amazon.awssdk.services.sfn.model.ExecutionDoesNotExistException;

/** Replays as executions of the state machine, each named by its run. */
final class StepFunctionsExecutions implements ReplayExecutions {
  /** Longest cause that StopExecution takes, in characters. */
  private static final int MAX_CAUSE = 1_000;

  private final Supplier<SfnClient> stepFunctions;
  private final String stateMachineArn;

  StepFunctionsExecutions(Supplier<SfnClient> stepFunctions, String stateMachineArn) {
    this.stepFunctions = stepFunctions;
    this.stateMachineArn = stateMachineArn;
  }

  /** The execution that plays a run. */
  static String executionArn(String stateMachineArn, String runId) {
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
                      .name(first.runId())
                      .input(TurnTaskCodec.write(first)));
    } catch (ExecutionAlreadyExistsException _) {
      // It has started before, and is over already.
    }
  }

  @Override
  public void stop(String runId, String cause) {
    try {
      stepFunctions
          .get()
          .stopExecution(
              request ->
                  request
                      .executionArn(executionArn(stateMachineArn, runId))
                      .error("Stopped")
                      .cause(cause.substring(0, Math.min(cause.length(), MAX_CAUSE))));
    } catch (ExecutionDoesNotExistException _) {
      // It never started: there is nothing to stop.
    }
  }
}
