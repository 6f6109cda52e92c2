package arena.local.states;

import java.util.List;
import java.util.Optional;

/** A state of a definition. */
sealed interface State {
  /** Returns its name. */
  String name();

  /** What a task calls. */
  enum Integration {
    /** Invokes a function; the arguments are {@code FunctionName} and {@code Payload}. */
    INVOKE("lambda", "invoke"),
    /**
     * Starts an execution and waits for its end; the arguments are {@code StateMachineArn}, {@code
     * Name} and {@code Input}.
     */
    START_EXECUTION("states", "startExecution.sync:2");

    private final String type;
    private final String action;

    Integration(String type, String action) {
      this.type = type;
      this.action = action;
    }

    /** Returns the {@code resourceType} of its events. */
    String type() {
      return type;
    }

    /** Returns the {@code resource} of its events. */
    String action() {
      return action;
    }
  }

  /** Returns the retriers; only a task or a Map has some. */
  default List<Retrier> retriers() {
    return List.of();
  }

  /** Returns the catchers; only a task or a Map has some. */
  default List<Catcher> catchers() {
    return List.of();
  }

  /**
   * Calls a service.
   *
   * @param arguments of the call
   * @param timeoutSeconds the timeout of one attempt, a whole number or an expression that gives
   *     one
   * @param retriers the first that matches an error applies
   * @param catchers the first that matches an error applies when its retries are exhausted
   */
  record Task(
      String name,
      Integration integration,
      JsonTemplate arguments,
      JsonTemplate timeoutSeconds,
      List<Retrier> retriers,
      List<Catcher> catchers,
      Transition exit)
      implements State {}

  /**
   * Plays states once for each item of a list.
   *
   * @param items the list
   * @param concurrency how many iterations are played at a time; 0 for all
   * @param selector the input of an iteration; the item if there is none
   */
  record MapState(
      String name,
      JsonTemplate items,
      JsonTemplate concurrency,
      Optional<JsonTemplate> selector,
      Flow iterator,
      List<Retrier> retriers,
      List<Catcher> catchers,
      Transition exit)
      implements State {}

  /** The transition for an error of a task or a Map. */
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
      case MapState _ -> "Map";
      case Choice _ -> "Choice";
      case Wait _ -> "Wait";
      case Succeed _ -> "Succeed";
      case Fail _ -> "Fail";
    };
  }
}
