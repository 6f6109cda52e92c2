package arena.error;

import org.jspecify.annotations.Nullable;

/** A store or service that a function calls and that can be unavailable. */
public enum Dependency {
  ACCESS(ErrorKind.ACCESS_UNAVAILABLE, "the access table"),
  ARCHIVE(ErrorKind.ARCHIVE_UNAVAILABLE, "the archive"),
  BROKER(ErrorKind.BROKER_UNAVAILABLE, "the broker"),
  CATALOG(ErrorKind.CATALOG_UNAVAILABLE, "the catalog"),
  COMPARISONS(ErrorKind.COMPARISONS_UNAVAILABLE, "the comparisons table"),
  CONNECTIONS(ErrorKind.CONNECTIONS_UNAVAILABLE, "the connections table"),
  FAN_OUT(ErrorKind.NOTIFIER_UNAVAILABLE, "the fan-out"),
  IDEMPOTENCY(ErrorKind.IDEMPOTENCY_UNAVAILABLE, "the idempotency table"),
  JOURNAL(ErrorKind.JOURNAL_UNAVAILABLE, "the journal"),
  LOGS(ErrorKind.LOG_UNAVAILABLE, "the log");

  private final ErrorKind errorKind;
  private final String description;

  Dependency(ErrorKind errorKind, String description) {
    this.errorKind = errorKind;
    this.description = description;
  }

  /** The error when it is unavailable. */
  public ErrorKind errorKind() {
    return errorKind;
  }

  /** The name in messages for people, such as {@code the broker}. */
  public String description() {
    return description;
  }

  /**
   * Creates the exception for a call that failed.
   *
   * @param reason what failed, without secrets
   */
  public DependencyUnavailable unavailable(String reason, @Nullable Throwable cause) {
    return new DependencyUnavailable(this, reason, cause);
  }
}
