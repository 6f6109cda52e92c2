package arena.lifecycle;

/** A run was created and given up, because its replay could not be started: it needs another id. */
public final class ReplayNotStarted extends RuntimeException {
  /** The code of such a run's failure. */
  public static final String CODE = "NotStarted";

  /** Names the run. */
  public ReplayNotStarted(String runId) {
    super("run %s was created, but its replay could not be started".formatted(runId));
  }
}
