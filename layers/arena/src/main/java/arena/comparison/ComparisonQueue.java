package arena.comparison;

import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The open comparisons in the order in which they may play. A comparison plays when no one before
 * it needs one of its providers, and none plays on one, so that none is overtaken by a later one on
 * a provider that it waits for.
 *
 * @param entries the first is the oldest
 */
public record ComparisonQueue(List<Entry> entries) {
  public ComparisonQueue {
    entries = List.copyOf(entries);
  }

  /**
   * An open comparison.
   *
   * @param since when it was created, or opened again by added replicas
   * @param providers the providers that it needs
   * @param plays whether it has claimed them
   */
  public record Entry(ComparisonId id, Instant since, List<String> providers, boolean plays) {
    public Entry {
      providers = List.copyOf(providers);
    }

    private boolean sharesProvider(Entry other) {
      return !Collections.disjoint(providers, other.providers);
    }
  }

  /** The entry of a comparison; empty if it is not open. */
  public Optional<Entry> entry(ComparisonId id) {
    return entries.stream().filter(entry -> entry.id().equals(id)).findFirst();
  }

  /**
   * The comparisons that play before this one, because they need one of its providers and are
   * before it, or play already although their entries were written later. Empty if it may play, or
   * is not open.
   */
  public List<ComparisonId> ahead(ComparisonId id) {
    return entry(id).map(this::ahead).orElse(List.of());
  }

  private List<ComparisonId> ahead(Entry entry) {
    if (entry.plays()) {
      return List.of();
    }
    int place = entries.indexOf(entry);
    return IntStream.range(0, entries.size())
        .filter(other -> other < place || entries.get(other).plays())
        .mapToObj(entries::get)
        .filter(entry::sharesProvider)
        .map(Entry::id)
        .toList();
  }

  /** The comparisons that play, or may. */
  public List<ComparisonId> next() {
    return entries.stream().filter(entry -> ahead(entry).isEmpty()).map(Entry::id).toList();
  }
}
