package arena.comparison;

import java.util.Locale;

/** An execution has had all its passes over a comparison's cells, and some have not ended. */
public final class CellsLeft extends RuntimeException {
  /** Names the comparison. */
  public CellsLeft(ComparisonId id) {
    super(String.format(Locale.ROOT, "comparison %s has cells left", id));
  }
}
