package arena.agent;

import org.jspecify.annotations.Nullable;

/**
 * The model's service rejected the call: invalid key, missing permission, unknown model or invalid
 * request. Not retryable.
 */
public final class ModelRefused extends ModelException {
  /** The message must not contain secrets. */
  public ModelRefused(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
