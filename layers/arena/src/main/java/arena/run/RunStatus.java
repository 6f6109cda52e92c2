package arena.run;

/** The status of a run; changes once, from running to complete or failed. */
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

  /** Whether the run is complete or failed. */
  public boolean ended() {
    return this != RUNNING;
  }

  /**
   * Finds a status by its label.
   *
   * @throws IllegalArgumentException if it does not exist
   */
  public static RunStatus fromLabel(String label) {
    for (RunStatus status : values()) {
      if (status.label.equals(label)) {
        return status;
      }
    }
    throw new IllegalArgumentException("unknown run status " + label);
  }
}
