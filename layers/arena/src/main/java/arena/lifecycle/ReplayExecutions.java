package arena.lifecycle;

/** The executions that play runs. */
public interface ReplayExecutions {
  /**
   * Starts a run's execution, named by the run's id; starting it again with the same task changes
   * nothing.
   */
  void start(TurnTask first);

  /** Stops a run's execution, if there is one under way. */
  void stop(String runId, String cause);
}
