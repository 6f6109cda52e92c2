package arena.agent;

import org.jspecify.annotations.Nullable;

/** The model did not answer in time. Retryable. */
public final class ModelTimedOut extends ModelException {
  /** The message must not contain secrets. */
  public ModelTimedOut(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
