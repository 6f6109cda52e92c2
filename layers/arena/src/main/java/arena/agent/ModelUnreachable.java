package arena.agent;

/** The model's service could not be reached. Retryable. */
public final class ModelUnreachable extends ModelException {
  /** The message must not contain secrets. */
  public ModelUnreachable(String message, Throwable cause) {
    super(message, cause);
  }
}
