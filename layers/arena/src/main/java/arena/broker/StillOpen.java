package arena.broker;

/** The run is open, so its buffer cannot be dropped. */
public final class StillOpen extends RuntimeException {
  /** Names the run. */
  public StillOpen(String runId) {
    super("run %s is still open in the broker".formatted(runId));
  }
}
