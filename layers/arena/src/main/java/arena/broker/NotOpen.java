package arena.broker;

/** The run is not open here: it was never opened, is closed, or the broker lost it. */
public final class NotOpen extends RuntimeException {
  /** Names the run. */
  public NotOpen(String runId) {
    super("run %s is not open in the broker".formatted(runId));
  }
}
