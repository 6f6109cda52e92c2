package arena.broker;

import arena.run.RunId;

/** The run is not open: it was never opened, was closed, or was lost by the broker. */
public final class NotOpen extends RuntimeException {
  /** Names the run. */
  public NotOpen(RunId runId) {
    super("run %s is not open in the broker".formatted(runId));
  }
}
