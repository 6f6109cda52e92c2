package arena.comparison;

/** Starts the state machine executions that play comparisons, one at a time for each of them. */
public interface ComparisonExecutions {
  /** The state of an execution. */
  enum State {
    RUNNING,
    ENDED,
    /** It was never started. */
    UNKNOWN
  }

  /** Starts an execution, named by the comparison's id and the generation. Idempotent. */
  void start(ComparisonId id, int generation);

  /** Returns the state of an execution. */
  State state(ComparisonId id, int generation);
}
