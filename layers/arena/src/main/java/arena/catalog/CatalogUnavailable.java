package arena.catalog;

import org.jspecify.annotations.Nullable;

/** The catalog cannot be reached or is too busy: worth a retry. */
public final class CatalogUnavailable extends RuntimeException {
  /** Says what failed, without secrets. */
  public CatalogUnavailable(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
