package arena.journal;

import arena.run.RunId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Reads the newest entries of a journal. */
@FunctionalInterface
public interface JournalTail {
  /**
   * Reads the newest entries, newest first, with one consistent read. Payloads in S3 are not
   * loaded.
   *
   * @param limit maximum number of entries, from 1 to 100
   */
  List<EntrySummary> newest(RunId runId, int limit);

  /**
   * A journal entry without payloads from S3.
   *
   * @param events in order; empty only in a run's first entry
   * @param answered whether the entry has the next turn's start state, so the model has answered
   */
  record EntrySummary(long position, List<EventSummary> events, boolean answered) {
    public EntrySummary {
      events = List.copyOf(events);
    }

    /** The last event, if any. */
    public Optional<EventSummary> last() {
      return events.isEmpty() ? Optional.empty() : Optional.of(events.getLast());
    }
  }

  /**
   * An event of an entry.
   *
   * @param payloadJson the payload; empty if it is in S3
   */
  record EventSummary(long seq, int t, String kind, Instant at, Optional<String> payloadJson) {}
}
