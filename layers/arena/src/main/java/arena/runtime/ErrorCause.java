package arena.runtime;

import arena.metrics.LabelNames;
import java.util.HashMap;
import java.util.Map;

/** Why something failed, as logs and metrics tell it: few causes, so that they can be counted. */
public enum ErrorCause {
  MODEL_REFUSED,
  MODEL_THROTTLED,
  MODEL_OVERLOADED,
  MODEL_TIMED_OUT,
  MODEL_UNREACHABLE,
  MODEL_MALFORMED,
  BROKER_UNAVAILABLE,
  CATALOG_UNAVAILABLE,
  JOURNAL_UNAVAILABLE,
  ARCHIVE_UNAVAILABLE,
  CONNECTIONS_UNAVAILABLE,
  NOTIFIER_UNAVAILABLE,
  IDEMPOTENCY_UNAVAILABLE,
  LOG_UNAVAILABLE,
  /** A publish to a run that the broker does not have open, or not that far. */
  NOT_OPEN,
  GAP,
  RUN_NOT_RUNNING,
  UNKNOWN_RUN,
  NOT_STARTED,
  /** By the reaper, for its silence. */
  ABANDONED,
  /** By an operator. */
  STOPPED,
  /** A function or a task that took too long. */
  TIMED_OUT,
  /** Any other exception; the log line has it. */
  OTHER;

  private static final Map<String, ErrorCause> BY_NAME = new HashMap<>();

  static {
    for (ErrorCause cause : values()) {
      BY_NAME.put(cause.name().replace("_", ""), cause);
    }
    // What Step Functions and Lambda say of a task that took too long.
    BY_NAME.put("TIMEOUT", TIMED_OUT);
    BY_NAME.put("TIMEDOUT", TIMED_OUT);
  }

  /** Its name in logs and metrics. */
  public String label() {
    return LabelNames.of(this);
  }

  /** The cause that an exception stands for. */
  public static ErrorCause of(Throwable thrown) {
    return of(thrown.getClass().getSimpleName());
  }

  /**
   * The cause that an error's code stands for.
   *
   * @param code such as {@code ModelThrottled}, also with a package or a service before it
   */
  public static ErrorCause of(String code) {
    String name = code.substring(code.lastIndexOf('.') + 1);
    return BY_NAME.getOrDefault(name.toUpperCase(java.util.Locale.ROOT), OTHER);
  }
}
