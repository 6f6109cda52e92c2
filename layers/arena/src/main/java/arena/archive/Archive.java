package arena.archive;

import arena.event.Event;
import arena.run.Run;
import java.util.List;
import java.util.Optional;

/** Stores the events of finalized runs. */
public interface Archive {
  /** Returns the address of the run's archive, which depends only on its id and creation day. */
  String address(Run run);

  /**
   * Writes a run's complete archive. Idempotent. Holds a bounded part of the events in memory.
   *
   * @param events all events in order, from seq 1; iterated once
   * @return the address of the archive, which is then readable
   */
  String write(Run run, Iterable<Event> events);

  /** Maximum size of a page's payloads, in bytes, if the caller does not set one. */
  int PAGE_BYTES = 4 * 1024 * 1024;

  /**
   * Reads events in order, starting at {@code fromSeq}.
   *
   * @param limit maximum number of events
   * @param maxBytes maximum total size of the payloads, except that one event is always returned
   */
  List<Event> events(Run run, long fromSeq, int limit, int maxBytes);

  /** Reads events with payloads of at most {@link #PAGE_BYTES}. */
  default List<Event> events(Run run, long fromSeq, int limit) {
    return events(run, fromSeq, limit, PAGE_BYTES);
  }

  /** Computes the summary of an archived run. */
  Run.Summary summary(Run run);

  /** Reads the {@code turn_start} at turn {@code t}, if it exists. */
  Optional<Event> turnStart(Run run, int t);

  /** Reads one point per {@code turn_start}, in order. */
  List<Point> series(Run run);

  /** The state at the start of one turn, for charts. */
  record Point(int turn, double food, double wood, double gold, double stone, int population) {}
}
