package arena.journal;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The end of a run's journal, for those who only want to know how far it is. */
@FunctionalInterface
public interface JournalTail {
  /**
   * The newest entries, newest first, as they are now (a consistent read): one call of the store.
   * Payloads that stand elsewhere are not fetched.
   *
   * @param limit most entries returned, from 1 to 100
   */
  List<Written> newest(String runId, int limit);

  /**
   * An entry, as far as it is told without its payloads.
   *
   * @param position its place in the run
   * @param events its events, in order; none only in the entry that a run begins with
   * @param answered whether it holds the state that the next turn starts from: it ends a turn
   */
  record Written(long position, List<Part> events, boolean answered) {
    public Written {
      events = List.copyOf(events);
    }

    /** Its last event, if it has one. */
    public Optional<Part> last() {
      return events.isEmpty() ? Optional.empty() : Optional.of(events.getLast());
    }
  }

  /**
   * An event of an entry.
   *
   * @param payloadJson its payload, unless that is too large to stand in the entry
   */
  record Part(long seq, int t, String kind, Instant at, Optional<String> payloadJson) {}
}
