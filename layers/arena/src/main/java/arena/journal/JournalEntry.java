package arena.journal;

import arena.event.Event;
import arena.run.RunId;
import arena.world.World;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Events that are written atomically: the part of a turn before or after the model call, or the
 * first entry of a run.
 *
 * @param runId the run
 * @param position {@code seq} of the first event, or 0 for a run's first entry, which may have no
 *     events
 * @param events without gaps; the first has {@code seq} = position, or 1 in the entry at 0
 * @param nextState the next turn's start state; absent before the model call
 * @param modelNotBefore the time before which the turn's model must not be called, if its service
 *     asked to wait; see {@link Journal#postponeModel}
 */
public record JournalEntry(
    RunId runId,
    long position,
    List<Event> events,
    Optional<World> nextState,
    Optional<Instant> modelNotBefore) {

  public JournalEntry {
    events = List.copyOf(events);
    long expected = Math.max(1, position);
    for (Event event : events) {
      if (!event.runId().equals(runId) || event.seq() != expected) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "expected event %d of run %s in the entry, got %d of run %s",
                expected,
                runId,
                event.seq(),
                event.runId()));
      }
      expected++;
    }
    if (events.isEmpty() && position != 0) {
      throw new IllegalArgumentException("only the entry at position 0 may have no events");
    }
  }

  /** Creates an entry without a wait. */
  public JournalEntry(RunId runId, long position, List<Event> events, Optional<World> nextState) {
    this(runId, position, events, nextState, Optional.empty());
  }

  /** The {@code seq} after this entry's last event. */
  public long nextSeq() {
    return Math.max(1, position) + events.size();
  }
}
