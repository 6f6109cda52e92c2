package arena.comparison;

/** The status of a comparison. */
public enum ComparisonStatus {
  /** Another comparison plays on a provider that it needs. */
  WAITING("waiting"),
  /** Its cells are being played. */
  RUNNING("running"),
  /** Every cell has ended. */
  COMPLETE("complete"),
  /** No further cell starts, because an operator cancelled it, or it could not be played. */
  CANCELLED("cancelled"),
  /** No further cell starts, because its budget is spent. */
  BUDGET_SPENT("budget_spent");

  private final String label;

  ComparisonStatus(String label) {
    this.label = label;
  }

  /** The name in JSON and in the store. */
  public String label() {
    return label;
  }

  /** Whether further cells may start. */
  public boolean startsCells() {
    return this == WAITING || this == RUNNING;
  }

  /**
   * Finds a status by its label.
   *
   * @throws IllegalArgumentException if it does not exist
   */
  public static ComparisonStatus fromLabel(String label) {
    for (ComparisonStatus status : values()) {
      if (status.label.equals(label)) {
        return status;
      }
    }
    throw new IllegalArgumentException("unknown status of a comparison " + label);
  }
}
