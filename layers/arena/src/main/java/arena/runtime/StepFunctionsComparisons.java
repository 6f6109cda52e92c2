package arena.runtime;

import arena.comparison.CellTask;
import arena.comparison.ComparisonExecutions;
import arena.comparison.ComparisonId;
import java.util.Locale;
import java.util.function.Supplier;
import software.amazon.awssdk.services.sfn.SfnClient;
import software.amazon.awssdk.services.sfn.model.ExecutionAlreadyExistsException;
import software.amazon.awssdk.services.sfn.model.ExecutionDoesNotExistException;
import software.amazon.awssdk.services.sfn.model.ExecutionStatus;

/** Executes comparisons in Step Functions. */
final class StepFunctionsComparisons implements ComparisonExecutions {
  private final Supplier<SfnClient> stepFunctions;
  private final String stateMachineArn;

  StepFunctionsComparisons(Supplier<SfnClient> stepFunctions, String stateMachineArn) {
    this.stepFunctions = stepFunctions;
    this.stateMachineArn = stateMachineArn;
  }

  private static String name(ComparisonId id, int generation) {
    return String.format(Locale.ROOT, "%s-%d", id, generation);
  }

  @Override
  public void start(ComparisonId id, int generation) {
    try {
      stepFunctions
          .get()
          .startExecution(
              request ->
                  request
                      .stateMachineArn(stateMachineArn)
                      .name(name(id, generation))
                      .input(CellTask.input(id, generation)));
    } catch (ExecutionAlreadyExistsException _) {
      // started by an earlier attempt
    }
  }

  @Override
  public State state(ComparisonId id, int generation) {
    String arn =
        stateMachineArn.replace(":stateMachine:", ":execution:") + ":" + name(id, generation);
    try {
      ExecutionStatus status =
          stepFunctions.get().describeExecution(request -> request.executionArn(arn)).status();
      return status == ExecutionStatus.RUNNING || status == ExecutionStatus.PENDING_REDRIVE
          ? State.RUNNING
          : State.ENDED;
    } catch (ExecutionDoesNotExistException _) {
      return State.UNKNOWN;
    }
  }
}
