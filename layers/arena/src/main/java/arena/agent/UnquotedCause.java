package arena.agent;

import org.jspecify.annotations.Nullable;

/**
 * Stands for the cause of a model's failure in logs: its class and stack trace, without its
 * message, which may quote what the service sent. The failure's own message has the service's
 * words, cleaned.
 */
final class UnquotedCause extends Exception {
  private static final long serialVersionUID = 1;

  /** Longest chain of causes that is kept. */
  private static final int MAX_DEPTH = 10;

  private UnquotedCause(Throwable cause, int depth) {
    super(cause.getClass().getName(), of(cause.getCause(), depth + 1));
    setStackTrace(cause.getStackTrace());
  }

  /** Returns the cause to keep; a failure of a model has a clean message already. */
  static @Nullable Throwable of(@Nullable Throwable cause) {
    return of(cause, 0);
  }

  private static @Nullable Throwable of(@Nullable Throwable cause, int depth) {
    if (cause instanceof ModelException) {
      return cause;
    }
    return cause == null || depth == MAX_DEPTH ? null : new UnquotedCause(cause, depth);
  }
}
