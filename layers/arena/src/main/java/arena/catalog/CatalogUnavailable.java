package arena.catalog;

/** The catalog cannot be reached or is too busy: worth a retry. */
public final class CatalogUnavailable extends RuntimeException {
  /** Says what failed, without secrets. */
  public CatalogUnavailable(String message, Throwable cause) {
    super(message, cause);
  }
}
