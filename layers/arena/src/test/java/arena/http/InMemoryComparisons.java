package arena.http;

import arena.catalog.InvalidCursor;
import arena.comparison.Cell;
import arena.comparison.CellOutcome;
import arena.comparison.Comparison;
import arena.comparison.ComparisonId;
import arena.comparison.ComparisonKind;
import arena.comparison.ComparisonPage;
import arena.comparison.ComparisonQueue;
import arena.comparison.Comparisons;
import arena.comparison.StopReason;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** In-memory comparisons with what reading needs. */
final class InMemoryComparisons implements Comparisons {
  private final Map<ComparisonId, Comparison> comparisons = new LinkedHashMap<>();
  private final Map<ComparisonId, List<Cell>> cells = new LinkedHashMap<>();

  void add(Comparison comparison, List<Cell> itsCells) {
    comparisons.put(comparison.id(), comparison);
    cells.put(comparison.id(), itsCells);
  }

  @Override
  public Optional<Comparison> find(ComparisonId id) {
    return Optional.ofNullable(comparisons.get(id));
  }

  @Override
  public List<Cell> cells(Comparison comparison) {
    return cells.getOrDefault(comparison.id(), List.of());
  }

  /** A cursor is the page's offset. */
  @Override
  public ComparisonPage list(ComparisonKind kind, int limit, Optional<String> cursor) {
    if (cursor.isPresent() && !cursor.get().matches("[0-9]")) {
      throw new InvalidCursor();
    }
    List<Comparison> listed =
        new ArrayList<>(
            comparisons.values().stream().filter(one -> one.kind() == kind).toList().reversed());
    int from = cursor.map(Integer::parseInt).orElse(0);
    int to = Math.min(listed.size(), from + limit);
    return new ComparisonPage(
        listed.subList(from, to),
        to < listed.size() ? Optional.of(Integer.toString(to)) : Optional.empty());
  }

  private static UnsupportedOperationException unused() {
    return new UnsupportedOperationException("not needed for reading");
  }

  @Override
  public Comparison create(Comparison comparison) {
    throw unused();
  }

  @Override
  public Cell cell(Comparison comparison, int number) {
    throw unused();
  }

  @Override
  public List<Comparison> open(int limit) {
    throw unused();
  }

  @Override
  public ComparisonQueue queue() {
    return new ComparisonQueue(
        comparisons.values().stream()
            .filter(comparison -> comparison.progress().open())
            .map(
                comparison ->
                    new ComparisonQueue.Entry(
                        comparison.id(),
                        comparison.createdAt(),
                        comparison.design().providers(),
                        false))
            .toList());
  }

  @Override
  public boolean wake(ComparisonId id, int generation) {
    throw unused();
  }

  @Override
  public Optional<ComparisonId> claim(ComparisonId id) {
    throw unused();
  }

  @Override
  public boolean start(ComparisonId id, int cell, Instant at) {
    throw unused();
  }

  @Override
  public boolean end(ComparisonId id, int cell, CellOutcome outcome, Instant at) {
    throw unused();
  }

  @Override
  public boolean stop(ComparisonId id, StopReason reason) {
    throw unused();
  }

  @Override
  public boolean addReplicas(Comparison experiment, int replicas, Instant at) {
    throw unused();
  }

  @Override
  public boolean release(ComparisonId id) {
    throw unused();
  }

  @Override
  public boolean nextGeneration(ComparisonId id, int generation) {
    throw unused();
  }
}
