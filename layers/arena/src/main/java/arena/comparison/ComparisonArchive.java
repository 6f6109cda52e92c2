package arena.comparison;

import java.util.List;

/** Stores the results of ended comparisons for analysis, next to the archives of their runs. */
@FunctionalInterface
public interface ComparisonArchive {
  /** Writes the cells of a comparison. Idempotent; a later call replaces what is there. */
  void write(Comparison comparison, List<Cell> cells);
}
