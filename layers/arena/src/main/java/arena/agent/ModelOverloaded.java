package arena.agent;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The model's service is overloaded or temporarily failing. Retryable. */
public final class ModelOverloaded extends ModelException {
  /** The message must not contain secrets. */
  public ModelOverloaded(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  /** The service asks for a delay before the next call. */
  public ModelOverloaded(String message, @Nullable Throwable cause, Duration retryAfter) {
    super(message, cause, retryAfter);
  }
}
