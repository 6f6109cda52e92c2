package arena.agent;

import org.jspecify.annotations.Nullable;

/** The model's service is overloaded or temporarily failing. Retryable. */
public final class ModelOverloaded extends ModelException {
  /** The message must not contain secrets. */
  public ModelOverloaded(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
