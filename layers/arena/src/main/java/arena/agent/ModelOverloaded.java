package arena.agent;

/** The model's service is overloaded or broken for now: worth a retry. */
public final class ModelOverloaded extends ModelException {
  /** Says what happened, without secrets. */
  public ModelOverloaded(String message, Throwable cause) {
    super(message, cause);
  }
}
