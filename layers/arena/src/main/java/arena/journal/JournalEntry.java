package arena.journal;

import arena.event.Event;
import arena.world.World;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Events that are written as one: a turn's first part, its second part, or what a run begins with.
 *
 * @param runId the run
 * @param position the entry's place in the run: the {@code seq} of its first event, or 0 for the
 *     entry that every run begins with, which may have no events
 * @param events without gap; the first has {@code seq} = position, or 1 in the entry at 0
 * @param nextState the state that the next turn starts from; absent in a turn's first part
 */
public record JournalEntry(
    String runId, long position, List<Event> events, Optional<World> nextState) {

  /** Refuses an entry with a gap, or with another run's events. */
  public JournalEntry {
    events = List.copyOf(events);
    long expected = Math.max(1, position);
    for (Event event : events) {
      if (!event.runId().equals(runId) || event.seq() != expected) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "an entry's events are of its run and without gap: expected seq %d of %s, got %d of %s",
                expected,
                runId,
                event.seq(),
                event.runId()));
      }
      expected++;
    }
    if (events.isEmpty() && position != 0) {
      throw new IllegalArgumentException("only the entry at 0 may have no events");
    }
  }

  /** The {@code seq} of the event after this entry's last. */
  public long nextSeq() {
    return Math.max(1, position) + events.size();
  }
}
