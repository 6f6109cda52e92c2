package arena.http;

import arena.comparison.Cell;
import arena.comparison.ComparisonId;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Keeps what was computed from the ended cells of the comparisons that were read last. An ended
 * cell does not change, so the result is the same until another one ends; a page that polls a
 * comparison reads it without computing it. Thread-safe.
 *
 * @param <T> the result
 */
final class SettledResults<T> {
  /** Maximum number of comparisons whose results are kept. */
  static final int MAX = 20;

  private record Settled<T>(BitSet ended, T result) {}

  private final Map<ComparisonId, Settled<T>> results =
      new LinkedHashMap<>(MAX, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<ComparisonId, Settled<T>> eldest) {
          return size() > MAX;
        }
      };

  /** Returns the result for a comparison's cells, and computes it if another cell has ended. */
  T get(ComparisonId id, List<Cell> cells, Supplier<T> compute) {
    BitSet ended = new BitSet();
    cells.stream().filter(cell -> cell.outcome().isPresent()).map(Cell::number).forEach(ended::set);
    synchronized (results) {
      Settled<T> known = results.get(id);
      if (known != null && known.ended().equals(ended)) {
        return known.result();
      }
    }
    T result = compute.get();
    synchronized (results) {
      results.put(id, new Settled<>(ended, result));
    }
    return result;
  }
}
