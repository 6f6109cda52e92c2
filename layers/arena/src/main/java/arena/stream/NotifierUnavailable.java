package arena.stream;

import org.jspecify.annotations.Nullable;

/** A run's fan-out could not be woken: worth a retry. */
public final class NotifierUnavailable extends RuntimeException {
  /** Says what failed, without secrets. */
  public NotifierUnavailable(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
