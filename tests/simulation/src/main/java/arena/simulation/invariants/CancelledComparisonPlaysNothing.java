package arena.simulation.invariants;

import arena.comparison.ComparisonId;
import arena.journal.JournalEntry;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/** See {@link #description}. */
public final class CancelledComparisonPlaysNothing extends Invariant {
  private final Set<ComparisonId> cancelled = new HashSet<>();

  CancelledComparisonPlaysNothing(Facts facts) {
    super(facts);
  }

  @Override
  public String description() {
    return "After the response to a cancellation no run of the comparison plays another turn.";
  }

  /** Called when a client receives the response to a cancellation. */
  public void answered(ComparisonId id) {
    cancelled.add(id);
  }

  @Override
  public void written(JournalEntry entry) {
    facts
        .cellOf(entry.runId())
        .ifPresent(
            cell ->
                require(
                    entry.position() == 0 || !cancelled.contains(cell.id()),
                    () ->
                        String.format(
                            Locale.ROOT,
                            "comparison %s is cancelled, and cell %d plays on as run %s",
                            cell.id(),
                            cell.number(),
                            entry.runId())));
  }
}
