package arena.local.states;

/** A state machine's definition is invalid or uses something that is not supported. */
public final class InvalidDefinition extends RuntimeException {
  /** Creates the exception; the message names the place in the definition. */
  public InvalidDefinition(String message) {
    super(message);
  }
}
