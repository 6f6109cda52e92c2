package arena.agent;

/** The model's service could not be reached: worth a retry. */
public final class ModelUnreachable extends ModelException {
  /** Says what happened, without secrets. */
  public ModelUnreachable(String message, Throwable cause) {
    super(message, cause);
  }
}
