package arena.agent;

/** The model did not answer in time. Retryable. */
public final class ModelTimedOut extends ModelException {
  /** The message must not contain secrets. */
  public ModelTimedOut(String message, Throwable cause) {
    super(message, cause);
  }
}
