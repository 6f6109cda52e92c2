package arena.stream;

import org.jspecify.annotations.Nullable;

/** The connections cannot be reached or are too busy: worth a retry. */
public final class ConnectionsUnavailable extends RuntimeException {
  /** Says what failed, without secrets. */
  public ConnectionsUnavailable(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
