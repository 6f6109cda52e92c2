package arena.broker;

/** The run is already open. */
public final class AlreadyOpen extends RuntimeException {
  /** Names the run. */
  public AlreadyOpen(String runId) {
    super("run %s is already open in the broker".formatted(runId));
  }
}
