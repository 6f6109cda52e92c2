package arena.agent;

/** A model call failed. The state machine retries by the subclass's name. */
public abstract class ModelException extends RuntimeException {
  ModelException(String message, Throwable cause) {
    super(message, cause);
  }
}
