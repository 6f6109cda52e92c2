package arena.agent;

/** The model's service says that too many calls came: worth a retry, later. */
public final class ModelThrottled extends ModelException {
  /** Says what happened, without secrets. */
  public ModelThrottled(String message, Throwable cause) {
    super(message, cause);
  }
}
