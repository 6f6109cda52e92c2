package arena.stream;

/** The connections cannot be reached or are too busy: worth a retry. */
public final class ConnectionsUnavailable extends RuntimeException {
  /** Says what failed, without secrets. */
  public ConnectionsUnavailable(String message, Throwable cause) {
    super(message, cause);
  }
}
