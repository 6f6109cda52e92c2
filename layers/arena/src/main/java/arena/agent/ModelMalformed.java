package arena.agent;

/** The model's service returned an invalid response. Retryable, a few times. */
public final class ModelMalformed extends ModelException {
  /** The message must not contain secrets. */
  public ModelMalformed(String message, Throwable cause) {
    super(message, cause);
  }
}
