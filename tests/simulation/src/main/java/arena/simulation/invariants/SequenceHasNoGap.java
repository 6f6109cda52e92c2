package arena.simulation.invariants;

import arena.event.Event;
import arena.journal.JournalEntry;
import arena.run.Run;

/** See {@link #says}. */
final class SequenceHasNoGap extends Invariant {
  SequenceHasNoGap(Facts facts) {
    super(facts);
  }

  @Override
  public String says() {
    return "Every event of a run is written once, with seq 1, 2, 3 … and the catalog counts them.";
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
              "run %s: seq %d is written where %d belongs"
                  .formatted(entry.runId(), event.seq(), expected));
    }
  }

  @Override
  public void rowChanged(Run before, Run after) {
    require(
        after.nEvents() == facts.written(after.runId()).size(),
        () ->
            "run %s: the catalog counts %d events of %d"
                .formatted(after.runId(), after.nEvents(), facts.written(after.runId()).size()));
  }
}
