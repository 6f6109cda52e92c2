package arena.local.states;

import java.util.Optional;

/** An error as the states language has it: a name that retriers and catchers match, and a cause. */
final class StateError extends Exception {
  static final String QUERY = "States.QueryEvaluationError";
  static final String DATA_LIMIT = "States.DataLimitExceeded";
  static final String RUNTIME = "States.Runtime";
  static final String TIMEOUT = "States.Timeout";
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

  /** Its name. */
  String error() {
    return error;
  }

  /** What led to it; some errors, such as a time-out, have none. */
  Optional<String> reason() {
    return reason;
  }

  private static String cut(String text, int length) {
    return text.length() <= length ? text : text.substring(0, length);
  }
}
