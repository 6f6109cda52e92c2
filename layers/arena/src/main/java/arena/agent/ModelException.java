package arena.agent;

/**
 * A model gave no answer. The subclasses tell the causes apart; the state machine retries by their
 * names.
 */
public abstract class ModelException extends RuntimeException {
  ModelException(String message, Throwable cause) {
    super(message, cause);
  }
}
