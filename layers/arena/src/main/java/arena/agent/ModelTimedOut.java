package arena.agent;

/** The model did not answer in time: worth a retry. */
public final class ModelTimedOut extends ModelException {
  /** Says what happened, without secrets. */
  public ModelTimedOut(String message, Throwable cause) {
    super(message, cause);
  }
}
