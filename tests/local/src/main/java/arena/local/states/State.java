package arena.local.states;

import java.util.List;
import java.util.Optional;

/** A state of a definition. */
sealed interface State {
  /** Returns its name. */
  String name();

  /**
   * Invokes a function.
   *
   * @param arguments {@code FunctionName} and {@code Payload}
   * @param timeoutSeconds the timeout of one attempt, a whole number or an expression that gives
   *     one
   * @param retriers the first that matches an error applies
   * @param catchers the first that matches an error applies when its retries are exhausted
   */
  record Task(
      String name,
      JsonTemplate arguments,
      JsonTemplate timeoutSeconds,
      List<Retrier> retriers,
      List<Catcher> catchers,
      Transition exit)
      implements State {}

  /** The transition for a task's error. */
  record Catcher(List<String> errors, Transition exit) {}

  /**
   * Goes to the state of the first true condition.
   *
   * @param defaultNext the state if no condition is true
   */
  record Choice(String name, List<Rule> rules, Optional<String> defaultNext) implements State {}

  /** One branch of a choice. */
  record Rule(JsonTemplate condition, String next) {}

  /**
   * Waits before the next state.
   *
   * @param seconds a whole number of seconds, or an expression that gives one
   */
  record Wait(String name, JsonTemplate seconds, Transition exit) implements State {}

  /** Ends the execution with the state's input as its output. */
  record Succeed(String name) implements State {}

  /** Ends the execution as failed. */
  record Fail(String name, Optional<JsonTemplate> error, Optional<JsonTemplate> reason)
      implements State {}

  /** Returns its type as the definition has it. */
  default String type() {
    return switch (this) {
      case Task _ -> "Task";
      case Choice _ -> "Choice";
      case Wait _ -> "Wait";
      case Succeed _ -> "Succeed";
      case Fail _ -> "Fail";
    };
  }
}
