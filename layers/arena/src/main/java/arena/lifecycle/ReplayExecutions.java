package arena.lifecycle;

import arena.run.RunId;

/** Starts and stops the state machine executions that play runs. */
public interface ReplayExecutions {
  /** Starts a run's execution, named by the run's id. Idempotent for the same task. */
  void start(TurnTask first);

  /** Stops a run's execution, if it is running. */
  void stop(RunId runId, String cause);
}
