package arena.journal;

import arena.event.Event;
import arena.run.Run;
import arena.run.RunNotRunning;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Keeps every event of a run, once, until some days after the archive has it. */
public interface Journal {
  /**
   * Begins a run: its catalog row and its entry at position 0, in one transaction. The row's {@code
   * n_events}, {@code last_t} and times of events are the entry's.
   *
   * @throws EntryExists if there is such a run
   * @throws JournalUnavailable if it may work later; the run may have begun
   */
  void begin(Run run, JournalEntry origin);

  /**
   * Writes an entry once, in one transaction with the run's catalog row, which must still be
   * running and gets {@code n_events}, {@code last_t}, {@code last_ts}.
   *
   * @throws EntryExists if an entry is at this position; what is written there stays
   * @throws RunNotRunning if the run is over or unknown: the writer is fenced and must stop. This
   *     one comes first where both hold
   * @throws IllegalStateException if the entry is not the run's next: it would leave a gap or
   *     overlap
   * @throws JournalUnavailable if it may work later; the entry may have been written
   */
  void append(JournalEntry entry);

  /**
   * Entries in order, from this position on, as they are now (a consistent read).
   *
   * @param position the first entry's position; an entry that only contains it is not returned
   * @param limit most entries returned, from 1 to 1,000
   */
  List<JournalEntry> entries(String runId, long position, int limit);

  /**
   * Events in order, from this seq on.
   *
   * @param limit most events returned, from 1 to 1,000
   */
  List<Event> events(String runId, long fromSeq, int limit);

  /** The {@code turn_start} at turn {@code t}, if the journal has it. */
  Optional<Event> turnStart(String runId, int t);

  /** Lets every entry of an archived run expire at this time. Doing it again changes nothing. */
  void expire(String runId, Instant at);
}
