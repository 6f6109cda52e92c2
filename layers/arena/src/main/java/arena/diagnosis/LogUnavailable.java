package arena.diagnosis;

import org.jspecify.annotations.Nullable;

/** The log cannot be read now: worth a retry. */
public final class LogUnavailable extends RuntimeException {
  /** Says what failed, without secrets. */
  public LogUnavailable(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
