package arena.broker;

import arena.run.RunId;

/** The run is open, so its buffer cannot be dropped. */
public final class StillOpen extends RuntimeException {
  /** Names the run. */
  public StillOpen(RunId runId) {
    super("run %s is still open in the broker".formatted(runId));
  }
}
