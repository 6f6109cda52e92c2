package arena.agent;

import org.jspecify.annotations.Nullable;

/** A model call failed. The state machine retries by the subclass's name. */
public abstract class ModelException extends RuntimeException {
  ModelException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
