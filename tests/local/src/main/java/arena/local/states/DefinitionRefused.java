package arena.local.states;

/** A state machine's definition is wrong, or uses what this interpreter does not have. */
public final class DefinitionRefused extends RuntimeException {
  /** Says where in the definition, and what. */
  public DefinitionRefused(String message) {
    super(message);
  }
}
