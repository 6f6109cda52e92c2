package arena.agent;

import org.jspecify.annotations.Nullable;

/** The model's service could not be reached. Retryable. */
public final class ModelUnreachable extends ModelException {
  /** The message must not contain secrets. */
  public ModelUnreachable(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
