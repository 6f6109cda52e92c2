package arena.catalog;

/** A cursor that this catalog did not give out. */
public final class BadCursor extends RuntimeException {
  /** Says so. */
  public BadCursor() {
    super("cursor is not one that a Link header gave");
  }
}
