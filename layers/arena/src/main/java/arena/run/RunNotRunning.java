package arena.run;

/** The run has ended or is unknown; the caller must stop playing it. */
public final class RunNotRunning extends RuntimeException {
  /** Names the run. */
  public RunNotRunning(RunId runId) {
    super("run %s is not running".formatted(runId));
  }
}
