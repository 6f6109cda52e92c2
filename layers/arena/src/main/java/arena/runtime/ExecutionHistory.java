package arena.runtime;

import arena.diagnosis.ExecutionState;
import java.util.Optional;
import software.amazon.awssdk.services.sfn.model.HistoryEvent;

/** Converts Step Functions history events. */
final class ExecutionHistory {
  private ExecutionHistory() {}

  static ExecutionState.Entry read(HistoryEvent event) {
    String type = event.typeAsString();
    Optional<String> state = Optional.empty();
    Optional<String> input = Optional.empty();
    if (event.stateEnteredEventDetails() != null) {
      state = Optional.ofNullable(event.stateEnteredEventDetails().name());
      input = Optional.ofNullable(event.stateEnteredEventDetails().input());
    }
    return new ExecutionState.Entry(
        event.id(), event.timestamp(), type, state, input, error(event), reason(event));
  }

  private static Optional<String> error(HistoryEvent event) {
    return Optional.ofNullable(
        switch (event.type()) {
          case TASK_FAILED -> event.taskFailedEventDetails().error();
          case TASK_TIMED_OUT -> event.taskTimedOutEventDetails().error();
          case EVALUATION_FAILED -> event.evaluationFailedEventDetails().error();
          case EXECUTION_FAILED -> event.executionFailedEventDetails().error();
          case EXECUTION_TIMED_OUT -> event.executionTimedOutEventDetails().error();
          case EXECUTION_ABORTED -> event.executionAbortedEventDetails().error();
          default -> null;
        });
  }

  private static Optional<String> reason(HistoryEvent event) {
    return Optional.ofNullable(
        switch (event.type()) {
          case TASK_FAILED -> event.taskFailedEventDetails().cause();
          case TASK_TIMED_OUT -> event.taskTimedOutEventDetails().cause();
          case EVALUATION_FAILED -> event.evaluationFailedEventDetails().cause();
          case EXECUTION_FAILED -> event.executionFailedEventDetails().cause();
          case EXECUTION_TIMED_OUT -> event.executionTimedOutEventDetails().cause();
          case EXECUTION_ABORTED -> event.executionAbortedEventDetails().cause();
          default -> null;
        });
  }
}
