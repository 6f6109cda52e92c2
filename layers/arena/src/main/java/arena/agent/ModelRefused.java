package arena.agent;

import org.jspecify.annotations.Nullable;

/**
 * The model's service rejected the call: invalid key, missing permission, unknown model or invalid
 * request. Not retryable.
 */
public final class ModelRefused extends ModelException {
  /** Part of the message if the service asks for a longer wait than a run can wait. */
  public static final String ASKS_TO_WAIT = "the service asks to wait";

  /** The message must not contain secrets. */
  public ModelRefused(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
