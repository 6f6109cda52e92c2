package arena.comparison;

/** Why the cells of a comparison that were not started never will be. */
public enum StopReason {
  /** Its budget is spent. */
  BUDGET("budget", ComparisonStatus.BUDGET_SPENT),
  /** An operator cancelled it. */
  CANCELLED("cancelled", ComparisonStatus.CANCELLED),
  /** It waited for other comparisons for a day. */
  WAITED("waited", ComparisonStatus.CANCELLED),
  /** None of its executions could end it. */
  ABANDONED("abandoned", ComparisonStatus.CANCELLED);

  private final String label;
  private final ComparisonStatus status;

  StopReason(String label, ComparisonStatus status) {
    this.label = label;
    this.status = status;
  }

  /** The name in JSON and in the store. */
  public String label() {
    return label;
  }

  /** The status of a comparison that stopped for this reason. */
  public ComparisonStatus status() {
    return status;
  }

  /**
   * Finds a reason by its label.
   *
   * @throws IllegalArgumentException if it does not exist
   */
  public static StopReason fromLabel(String label) {
    for (StopReason reason : values()) {
      if (reason.label.equals(label)) {
        return reason;
      }
    }
    throw new IllegalArgumentException("unknown reason of a comparison's stop " + label);
  }
}
