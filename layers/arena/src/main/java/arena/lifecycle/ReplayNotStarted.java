package arena.lifecycle;

import arena.run.RunId;

/** A run was created but failed because its replay could not be started; a retry needs a new id. */
public final class ReplayNotStarted extends RuntimeException {
  /** Names the run. */
  public ReplayNotStarted(RunId runId) {
    super("run %s was created, but its replay could not be started".formatted(runId));
  }
}
