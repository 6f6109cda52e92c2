package arena.local.states;

import java.util.Optional;

/** An error of the Amazon States Language: a name that retriers and catchers match, and a cause. */
final class StateError extends Exception {
  static final String QUERY = "States.QueryEvaluationError";
  static final String DATA_LIMIT = "States.DataLimitExceeded";
  static final String RUNTIME = "States.Runtime";
  static final String TIMEOUT = "States.Timeout";
  static final String TASK_FAILED = "States.TaskFailed";
  static final String NO_CHOICE = "States.NoChoiceMatched";

  private final String error;
  private final Optional<String> reason;

  StateError(String error, String cause) {
    this(error, Optional.of(cause));
  }

  StateError(String error, Optional<String> cause) {
    super(error + cause.map(text -> ": " + text).orElse(""));
    this.error = cut(error, Quotas.MAX_ERROR);
    this.reason = cause.map(text -> cut(text, Quotas.MAX_CAUSE));
  }

  /** Returns its name. */
  String error() {
    return error;
  }

  /** Returns its cause; some errors, such as a timeout, have none. */
  Optional<String> reason() {
    return reason;
  }

  private static String cut(String text, int length) {
    return text.length() <= length ? text : text.substring(0, length);
  }
}
