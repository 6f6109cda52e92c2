package arena.local.lambda;

/** A handler in a runtime that is not the stack's, such as an emulator. */
public interface ExternalHandler extends AutoCloseable {
  /**
   * Handles an event.
   *
   * @param event JSON
   * @throws IllegalStateException if there is no outcome
   */
  Outcome handle(String event);

  /** Ends the handler. */
  @Override
  void close();

  /**
   * What a handler returns.
   *
   * @param payload JSON: its response, or the document of its error
   * @param failed whether it is an error
   */
  record Outcome(String payload, boolean failed) {}
}
