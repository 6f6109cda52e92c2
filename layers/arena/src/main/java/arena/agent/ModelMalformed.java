package arena.agent;

/** The model's service answered with something that is not its API. Worth few retries. */
public final class ModelMalformed extends ModelException {
  /** Says what happened, without secrets. */
  public ModelMalformed(String message, Throwable cause) {
    super(message, cause);
  }
}
