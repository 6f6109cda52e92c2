package arena.catalog;

/** A cursor that this catalog did not give out. */
public final class InvalidCursor extends RuntimeException {
  /** Says so. */
  public InvalidCursor() {
    super("cursor is not one that a Link header gave");
  }
}
