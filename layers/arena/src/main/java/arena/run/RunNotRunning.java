package arena.run;

/** The run is over or unknown: whoever still plays it must stop. */
public final class RunNotRunning extends RuntimeException {
  /** Names the run. */
  public RunNotRunning(String runId) {
    super("run %s is not running".formatted(runId));
  }
}
