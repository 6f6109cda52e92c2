package arena.simulation.invariants;

import arena.comparison.Comparison;
import arena.comparison.ComparisonId;
import arena.journal.JournalEntry;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/** See {@link #description}. */
public final class EndedComparisonPlaysNothing extends Invariant {
  private final Set<ComparisonId> cancelled = new HashSet<>();
  private final Set<ComparisonId> ended = new HashSet<>();

  EndedComparisonPlaysNothing(Facts facts) {
    super(facts);
  }

  @Override
  public String description() {
    return "After a comparison has ended, or its cancellation got a response, none of its runs plays"
        + " another turn.";
  }

  /** Called when a client receives the response to a cancellation. */
  public void answered(ComparisonId id) {
    cancelled.add(id);
  }

  /** Added replicas open an ended comparison again. */
  @Override
  public void comparisonChanged(Comparison before, Comparison after) {
    if (after.progress().open()) {
      ended.remove(after.id());
    } else {
      ended.add(after.id());
    }
  }

  @Override
  public void written(JournalEntry entry) {
    facts
        .cellOf(entry.runId())
        .ifPresent(
            cell ->
                require(
                    entry.position() == 0
                        || !(cancelled.contains(cell.id()) || ended.contains(cell.id())),
                    () ->
                        String.format(
                            Locale.ROOT,
                            "comparison %s has ended, and cell %d plays on as run %s",
                            cell.id(),
                            cell.number(),
                            entry.runId())));
  }
}
