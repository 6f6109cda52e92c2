package arena.agent;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A model call failed. The state machine retries by the subclass's name. */
public abstract class ModelException extends RuntimeException {
  private final @Nullable Duration retryAfter;

  ModelException(String message, @Nullable Throwable cause) {
    this(message, cause, null);
  }

  ModelException(String message, @Nullable Throwable cause, @Nullable Duration retryAfter) {
    super(message, UnquotedCause.of(cause));
    this.retryAfter = retryAfter;
  }

  /** How long the service asks to wait before the next call, if it does. */
  public Optional<Duration> retryAfter() {
    return Optional.ofNullable(retryAfter);
  }
}
