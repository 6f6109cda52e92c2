package arena.local.states;

import java.time.Instant;

/** The position of a branch of an execution after its last event. */
sealed interface Position {
  /** Before a state. */
  record Entering(String state, Object input) implements Position {}

  /** In a state that has not done anything. */
  record Entered() implements Position {}

  /** In a task whose call is scheduled. */
  record Scheduled(TaskCall call) implements Position {}

  /** In a task whose call has started. */
  record Running(TaskCall call) implements Position {}

  /**
   * In a task that has started an execution and waits for its end.
   *
   * @param since when it was started
   */
  record Submitted(TaskCall call, Instant since, String executionArn) implements Position {}

  /** In a Map whose iterations are played. */
  record Mapping() implements Position {}

  /** In a task or a Map that has its result. */
  record Succeeded(Object result) implements Position {}

  /** In a state that failed and is not retried. */
  record Failed(StateError failure) implements Position {}

  /** In a task that is retried at this time. */
  record Retrying(Instant at) implements Position {}

  /** After the last state. */
  record Finishing(Object output) implements Position {}

  /** A task's call. */
  sealed interface TaskCall {
    /** Returns the timeout of the attempt. */
    int timeoutSeconds();
  }

  /**
   * The invocation of a function.
   *
   * @param payload the function's event as JSON
   */
  record FunctionCall(String function, String payload, int timeoutSeconds) implements TaskCall {}

  /**
   * The start of an execution, whose end is waited for.
   *
   * @param input as JSON
   */
  record ExecutionCall(String stateMachineArn, String name, String input, int timeoutSeconds)
      implements TaskCall {}
}
