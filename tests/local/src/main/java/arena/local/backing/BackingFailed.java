package arena.local.backing;

/** A backing server did not start, or ended unexpectedly. */
public final class BackingFailed extends RuntimeException {
  /** Creates the exception; the message says what failed and where to look. */
  public BackingFailed(String message) {
    super(message);
  }

  /** Creates the exception; the message says what failed and where to look. */
  public BackingFailed(String message, Throwable cause) {
    super(message, cause);
  }
}
