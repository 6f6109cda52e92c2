package arena.comparison;

/** The comparison does not exist. */
public final class UnknownComparison extends RuntimeException {
  private final String id;

  /** Names the comparison. */
  public UnknownComparison(String id) {
    super("unknown comparison " + id);
    this.id = id;
  }

  /** The id that no comparison has, as it was asked for. */
  public String id() {
    return id;
  }
}
