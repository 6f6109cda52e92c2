package arena.journal;

import arena.error.DependencyUnavailable;
import arena.event.Event;
import arena.run.Run;
import arena.run.RunId;
import arena.run.RunNotRunning;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Stores every event of a run exactly once, until it is archived and at least {@link #RETENTION}
 * after it was written.
 *
 * <p>An entry gets its expiry when it is written, because setting it at the end of a run would take
 * as many writes as the run has entries. Whether a run is archived is recorded only in its catalog
 * row; readers of an archived run read the archive, whether or not its entries still exist. A run
 * ends within hours and is archived within minutes, so entries of a run that is not archived expire
 * only if archiving fails for weeks: then the reaper postpones the expiry; see {@link
 * #postponeExpiry}.
 */
public interface Journal {
  /** How long an entry is kept at least; longer than any run is played. */
  Duration RETENTION = Duration.ofDays(30);

  /** Remaining time to the expiry of a run that is not archived, below which it is postponed. */
  Duration MIN_REMAINING = RETENTION.dividedBy(2);

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

  /** Maximum size of a page's payloads, in bytes, if the caller does not set one. */
  int PAGE_BYTES = 4 * 1024 * 1024;

  /**
   * Reads events in order, starting at {@code fromSeq}.
   *
   * @param limit maximum number of events, from 1 to 1,000
   * @param maxBytes maximum total size of the payloads, except that one event is always returned
   */
  List<Event> events(RunId runId, long fromSeq, int limit, int maxBytes);

  /** Reads events with payloads of at most {@link #PAGE_BYTES}. */
  default List<Event> events(RunId runId, long fromSeq, int limit) {
    return events(runId, fromSeq, limit, PAGE_BYTES);
  }

  /** Reads the {@code turn_start} at turn {@code t}, if it exists. */
  Optional<Event> turnStart(RunId runId, int t);

  /**
   * Reads the {@code turn_start} events in order, from {@code fromSeq} on.
   *
   * @param maxBytes maximum total size of the payloads, except that one event is always returned
   */
  List<Event> turnStarts(RunId runId, long fromSeq, int maxBytes);

  /**
   * Records that the model of a turn must not be called before a time. A later call replaces the
   * time; without an entry at this position it has no effect.
   *
   * @param position position of the turn's first entry
   */
  void postponeModel(RunId runId, long position, Instant until);

  /**
   * Postpones the expiry of an ended run that is not archived, if less than {@link #MIN_REMAINING}
   * remains: all its entries then expire {@link #RETENTION} from now. Idempotent.
   */
  void postponeExpiry(RunId runId);
}
