package arena.run;

/** Where a run is in its life. It only ever moves from running to one of the others. */
public enum RunStatus {
  RUNNING("running"),
  COMPLETE("complete"),
  FAILED("failed");

  private final String label;

  RunStatus(String label) {
    this.label = label;
  }

  /** The name in JSON and in the catalog. */
  public String label() {
    return label;
  }

  /** Whether the run is over. */
  public boolean ended() {
    return this != RUNNING;
  }

  /**
   * The status with this label.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static RunStatus fromLabel(String label) {
    for (RunStatus status : values()) {
      if (status.label.equals(label)) {
        return status;
      }
    }
    throw new IllegalArgumentException("no status is called " + label);
  }
}
