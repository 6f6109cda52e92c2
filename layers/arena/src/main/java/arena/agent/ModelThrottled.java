package arena.agent;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The model's service throttled the call. Retryable after a delay. */
public final class ModelThrottled extends ModelException {
  /** The message must not contain secrets. */
  public ModelThrottled(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  /** The service asks for a delay before the next call. */
  public ModelThrottled(String message, @Nullable Throwable cause, Duration retryAfter) {
    super(message, cause, retryAfter);
  }
}
