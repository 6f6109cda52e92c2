package arena.simulation.cloud;

/** The outcome of an invocation. */
public sealed interface Outcome {

  record Answer(Object value) implements Outcome {}

  /**
   * A failed invocation.
   *
   * @param error the error name that the state machine receives
   */
  record Failure(String error, String message) implements Outcome {}
}
