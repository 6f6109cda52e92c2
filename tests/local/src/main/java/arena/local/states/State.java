package arena.local.states;

import java.util.List;
import java.util.Optional;

/** One state of a definition. */
sealed interface State {
  /** Its name. */
  String name();

  /**
   * Calls a function.
   *
   * @param arguments {@code FunctionName} and {@code Payload}
   * @param timeout in seconds
   * @param retriers the first that matches an error is the one that counts
   * @param catchers likewise, once the retriers are used up
   */
  record Task(
      String name,
      Template arguments,
      Template timeout,
      List<Retrier> retriers,
      List<Catcher> catchers,
      Transition exit)
      implements State {}

  /** Where a task's error leads. */
  record Catcher(List<String> errors, Transition exit) {}

  /**
   * Goes where the first true condition says.
   *
   * @param otherwise where to go if none is true
   */
  record Choice(String name, List<Rule> rules, Optional<Transition> otherwise) implements State {}

  /** One branch of a choice. */
  record Rule(Template condition, Transition exit) {}

  /** Waits a number of seconds, or until a time. */
  record Wait(String name, Optional<Template> seconds, Optional<Template> until, Transition exit)
      implements State {}

  /** Only makes its output. */
  record Pass(String name, Transition exit) implements State {}

  /** Ends the execution well. */
  record Succeed(String name, Transition exit) implements State {}

  /** Ends the execution badly. */
  record Fail(String name, Optional<Template> error, Optional<Template> reason) implements State {}

  /** Its type, as the definition has it. */
  default String type() {
    return switch (this) {
      case Task _ -> "Task";
      case Choice _ -> "Choice";
      case Wait _ -> "Wait";
      case Pass _ -> "Pass";
      case Succeed _ -> "Succeed";
      case Fail _ -> "Fail";
    };
  }
}
