package arena.comparison;

import java.util.Locale;

/** As many comparisons are open as may be. */
public final class TooManyComparisons extends RuntimeException {
  private final int limit;

  TooManyComparisons(int limit) {
    super(
        String.format(
            Locale.ROOT, "%d comparisons wait or are played; wait until one has ended", limit));
    this.limit = limit;
  }

  /** Maximum number of open comparisons. */
  public int limit() {
    return limit;
  }
}
