package arena.run;

/** The run does not exist. */
public final class UnknownRun extends RuntimeException {
  private final String runId;

  /** Names the run. */
  public UnknownRun(String runId) {
    super("unknown run " + runId);
    this.runId = runId;
  }

  /** The id that no run has, as it was asked for. */
  public String runId() {
    return runId;
  }
}
