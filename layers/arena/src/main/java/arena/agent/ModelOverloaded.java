package arena.agent;

/** The model's service is overloaded or temporarily failing. Retryable. */
public final class ModelOverloaded extends ModelException {
  /** The message must not contain secrets. */
  public ModelOverloaded(String message, Throwable cause) {
    super(message, cause);
  }
}
