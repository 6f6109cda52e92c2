package arena.idempotency;

import org.jspecify.annotations.Nullable;

/** The table of requests cannot be read or written for now: worth a retry. */
public final class IdempotencyUnavailable extends RuntimeException {
  /** Says what failed, without secrets. */
  public IdempotencyUnavailable(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
