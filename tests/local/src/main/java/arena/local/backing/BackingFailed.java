package arena.local.backing;

/** A server under the local stack did not start, or ended when it should not have. */
public final class BackingFailed extends RuntimeException {
  /** Says what failed and where to look. */
  public BackingFailed(String message) {
    super(message);
  }

  /** Says what failed and where to look. */
  public BackingFailed(String message, Throwable cause) {
    super(message, cause);
  }
}
