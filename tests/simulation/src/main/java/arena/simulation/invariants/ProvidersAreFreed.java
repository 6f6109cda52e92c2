package arena.simulation.invariants;

import arena.comparison.Cell;
import arena.comparison.Comparison;
import java.util.Locale;

/** See {@link #description}. */
final class ProvidersAreFreed extends Invariant {
  ProvidersAreFreed(Facts facts) {
    super(facts);
  }

  @Override
  public String description() {
    return "A cell starts only while its comparison has claimed its provider, and a comparison that has"
        + " ended has claimed none and no place in the queue.";
  }

  @Override
  public void cellChanged(Comparison comparison, Cell before, Cell after) {
    if (after.state() == Cell.State.RUNNING) {
      String provider = after.plan().provider();
      require(
          comparison.id().equals(facts.comparisons().claims().get(provider)),
          () ->
              String.format(
                  Locale.ROOT,
                  "comparison %s starts cell %d on %s, which %s has claimed",
                  comparison.id(),
                  after.number(),
                  provider,
                  facts.comparisons().claims().get(provider)));
    }
  }

  @Override
  public void comparisonChanged(Comparison before, Comparison after) {
    require(
        after.progress().open() || !facts.comparisons().claims().containsValue(after.id()),
        () ->
            "comparison %s has ended, claims %s"
                .formatted(after.id(), facts.comparisons().claims()));
  }

  @Override
  public void atEnd() {
    require(
        facts.comparisons().claims().isEmpty(),
        () -> "claimed after the end: %s".formatted(facts.comparisons().claims()));
    require(
        facts.comparisons().queued().entries().isEmpty(),
        () -> "queued after the end: %s".formatted(facts.comparisons().queued()));
  }
}
