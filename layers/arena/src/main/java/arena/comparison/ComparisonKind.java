package arena.comparison;

/** What a comparison compares. */
public enum ComparisonKind {
  /** Arms of forks of one turn. */
  EXPERIMENT("experiment"),
  /** Profiles over scenarios and rounds. */
  RACE("race");

  private final String label;

  ComparisonKind(String label) {
    this.label = label;
  }

  /** The name in the store, in logs and in the paths of the HTTP interface, there in the plural. */
  public String label() {
    return label;
  }

  /**
   * Finds a kind by its label.
   *
   * @throws IllegalArgumentException if it does not exist
   */
  public static ComparisonKind fromLabel(String label) {
    for (ComparisonKind kind : values()) {
      if (kind.label.equals(label)) {
        return kind;
      }
    }
    throw new IllegalArgumentException("unknown kind of comparison " + label);
  }
}
