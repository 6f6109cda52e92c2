package arena.catalog;

/** A list cursor is invalid. */
public final class InvalidCursor extends RuntimeException {
  public InvalidCursor() {
    super("cursor is invalid; use the one from the Link header");
  }
}
