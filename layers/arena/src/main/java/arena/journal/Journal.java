package arena.journal;

import arena.error.DependencyUnavailable;
import arena.event.Event;
import arena.run.Run;
import arena.run.RunId;
import arena.run.RunNotRunning;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Stores every event of a run exactly once, until some days after it is archived. */
public interface Journal {
  /**
   * Creates a run: writes its catalog row and its entry at position 0 in one transaction. The row's
   * {@code n_events}, {@code last_t} and event times are taken from the entry.
   *
   * @throws EntryExists if the run exists
   * @throws DependencyUnavailable retryable; the run may have been created
   */
  void create(Run run, JournalEntry firstEntry);

  /**
   * Appends an entry in one transaction with the run's catalog row, which must be running and gets
   * {@code n_events}, {@code last_t}, {@code last_ts}.
   *
   * @throws EntryExists if an entry exists at this position; it is not overwritten
   * @throws RunNotRunning if the run has ended or is unknown, so the writer is fenced and must
   *     stop; takes precedence over {@code EntryExists}
   * @throws IllegalStateException if the entry does not directly follow the run's last event
   * @throws DependencyUnavailable retryable; the entry may have been written
   */
  void append(JournalEntry entry);

  /**
   * Reads entries in order with a consistent read.
   *
   * @param position minimum position; an earlier entry that contains this seq is not returned
   * @param limit maximum number of entries, from 1 to 1,000
   */
  List<JournalEntry> entries(RunId runId, long position, int limit);

  /**
   * Reads events in order, starting at {@code fromSeq}.
   *
   * @param limit maximum number of events, from 1 to 1,000
   */
  List<Event> events(RunId runId, long fromSeq, int limit);

  /** Reads the {@code turn_start} at turn {@code t}, if it exists. */
  Optional<Event> turnStart(RunId runId, int t);

  /** Sets the expiry of all entries of an archived run. Idempotent. */
  void expire(RunId runId, Instant at);
}
