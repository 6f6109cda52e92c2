package arena.agent;

import org.jspecify.annotations.Nullable;

/** The model's service returned an invalid response. Retryable, a few times. */
public final class ModelMalformed extends ModelException {
  /** The message must not contain secrets. */
  public ModelMalformed(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
