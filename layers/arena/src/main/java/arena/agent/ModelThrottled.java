package arena.agent;

/** The model's service throttled the call. Retryable after a delay. */
public final class ModelThrottled extends ModelException {
  /** The message must not contain secrets. */
  public ModelThrottled(String message, Throwable cause) {
    super(message, cause);
  }
}
