package arena.simulation.cloud;

/** What came of an invocation. */
public sealed interface Outcome {
  /** It answered. */
  record Answer(Object value) implements Outcome {}

  /**
   * It failed.
   *
   * @param error the name, as the state machine gets it
   */
  record Failure(String error, String message) implements Outcome {}
}
