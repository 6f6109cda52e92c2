package arena.local.states;

import java.time.Instant;

/** The position of an execution after its last event. */
sealed interface Position {
  /** Before a state. */
  record Entering(String state, Object input) implements Position {}

  /** In a state that has not done anything. */
  record Entered() implements Position {}

  /** In a task whose call is scheduled. */
  record Scheduled(TaskCall call) implements Position {}

  /** In a task whose call has started. */
  record Running(TaskCall call) implements Position {}

  /** In a task that has its result. */
  record Succeeded(Object result) implements Position {}

  /** In a state that failed and is not retried. */
  record Failed(StateError failure) implements Position {}

  /** In a task that is retried at this time. */
  record Retrying(Instant at) implements Position {}

  /** After the last state. */
  record Finishing(Object output) implements Position {}

  /** The execution has ended. */
  record Ended() implements Position {}

  /**
   * A task's call.
   *
   * @param payload the function's event as JSON
   * @param timeoutSeconds the timeout of the attempt
   */
  record TaskCall(String function, String payload, int timeoutSeconds) {}
}
