package arena.simulation.invariants;

import arena.event.Event;
import arena.journal.JournalEntry;
import arena.run.Run;
import java.util.Locale;

/** See {@link #description}. */
final class SequenceHasNoGap extends Invariant {
  SequenceHasNoGap(Facts facts) {
    super(facts);
  }

  @Override
  public String description() {
    return "The events of a run are written once, with seq 1, 2, 3 …, and n_events is their number.";
  }

  @Override
  public void written(JournalEntry entry) {
    long next = facts.written(entry.runId()).size() + 1L;
    for (int i = 0; i < entry.events().size(); i++) {
      Event event = entry.events().get(i);
      long expected = next + i;
      require(
          event.seq() == expected,
          () ->
              String.format(
                  Locale.ROOT,
                  "run %s: seq %d written, expected %d",
                  entry.runId(),
                  event.seq(),
                  expected));
    }
  }

  @Override
  public void rowChanged(Run before, Run after) {
    require(
        after.nEvents() == facts.written(after.runId()).size(),
        () ->
            String.format(
                Locale.ROOT,
                "run %s: n_events is %d, expected %d",
                after.runId(),
                after.nEvents(),
                facts.written(after.runId()).size()));
  }
}
