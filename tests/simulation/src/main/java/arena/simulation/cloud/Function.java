package arena.simulation.cloud;

/** The functions of template.yaml, with their time-outs and retries. */
public enum Function {
  CREATE_RUN("create-run", 25, 0),
  CREATE_FORK("create-fork", 25, 0),
  REPLAY_TURN("replay-turn", 90, 0),
  FINALIZE_RUN("finalize-run", 300, 1),
  STREAM_EVENTS("stream-events", 120, 2),
  READ_RUNS("read-runs", 25, 0),
  REAP_RUNS("reap-runs", 120, 1),
  CREATE_COMPARISON("create-comparison", 25, 0),
  PLAY_CELL("play-cell", 30, 0),
  READ_COMPARISONS("read-comparisons", 25, 0);

  private final String label;
  private final int seconds;
  private final int retries;

  Function(String label, int seconds, int retries) {
    this.label = label;
    this.seconds = seconds;
    this.retries = retries;
  }

  public String label() {
    return label;
  }

  /** Time-out, in microseconds. */
  public long timeout() {
    return seconds * 1_000_000L;
  }

  /** Retries of a failed asynchronous invocation. */
  public int retries() {
    return retries;
  }
}
