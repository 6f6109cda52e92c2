package arena.local.states;

import java.time.Instant;

/** Where an execution is, after its last event. */
sealed interface Position {
  /** About to enter a state. */
  record Entering(String state, Object input) implements Position {}

  /** In a state, of which nothing has been done. */
  record Entered() implements Position {}

  /** In a task whose call is asked for. */
  record Scheduled(Call call) implements Position {}

  /** In a task whose call is under way. */
  record Running(Call call) implements Position {}

  /** In a task that has its result. */
  record Answered(Object result) implements Position {}

  /** In a state that failed, and is not tried again. */
  record Failed(StateError failure) implements Position {}

  /** In a task that is tried again at that time. */
  record Delayed(Instant until) implements Position {}

  /** Past the last state. */
  record Ending(Object output) implements Position {}

  /** Over. */
  record Closed() implements Position {}

  /**
   * A task's call.
   *
   * @param payload as JSON
   * @param timeoutSeconds how long the task may take
   */
  record Call(String function, String payload, int timeoutSeconds) {}
}
