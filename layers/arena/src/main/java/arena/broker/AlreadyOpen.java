package arena.broker;

import arena.run.RunId;

/** The run is already open. */
public final class AlreadyOpen extends RuntimeException {
  /** Names the run. */
  public AlreadyOpen(RunId runId) {
    super("run %s is already open in the broker".formatted(runId));
  }
}
