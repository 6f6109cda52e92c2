package arena.run;

/** The run does not exist. */
public final class UnknownRun extends RuntimeException {
  private final String runId;

  /** Names the run. */
  public UnknownRun(RunId runId) {
    this(runId.value());
  }

  /** Names a run by text that may not have the shape of an id. */
  public UnknownRun(String runId) {
    super("unknown run " + runId);
    this.runId = runId;
  }

  /** The id that no run has, as it was asked for. */
  public String runId() {
    return runId;
  }
}
