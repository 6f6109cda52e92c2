package arena.diagnosis;

/** The log cannot be read now: worth a retry. */
public final class LogUnavailable extends RuntimeException {
  /** Says what failed, without secrets. */
  public LogUnavailable(String message, Throwable cause) {
    super(message, cause);
  }
}
