package arena.agent;

/**
 * The model's service refuses the call: a key, a permission, a model or a request that it does not
 * take. A retry does not help.
 */
public final class ModelRefused extends ModelException {
  /** Says what happened, without secrets. */
  public ModelRefused(String message, Throwable cause) {
    super(message, cause);
  }
}
