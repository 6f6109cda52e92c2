package arena.broker;

import arena.codec.EnvelopeCodec;
import arena.event.Event;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The only source for live readers. What it holds can be rebuilt from the journal at any time. */
public interface Broker {
  /**
   * Opens a run for publishing: sets its sentinel.
   *
   * @throws AlreadyOpen if it is open
   */
  void open(String runId, String label, Instant startedAt);

  /**
   * Appends events, those that it has already left out; a batch may come again, whole, in part or
   * cut differently.
   *
   * @param events of this run, in order, without gap; at most {@value #MAX_BATCH}
   * @throws NotOpen if the run is not open here
   * @throws Gap if the first event does not follow the last one here
   */
  Published publish(String runId, List<Event> events);

  /**
   * Makes a run open here whatever was lost, ready for the event {@code nextSeq}, unless it has
   * that much already. If what is left ends before {@code nextSeq - 1}, it goes too, so that no
   * reader passes the hole unawares: it gets an {@link Overflow}. An event that is published again
   * is not counted again, unless the counter was lost as well. The next publish wakes the fan-out,
   * which sees to readers whose cursors are lost: see {@link Subscribers#loss}.
   *
   * @return the next event that it takes: {@code nextSeq}, or a later one if it has more
   */
  long restore(String runId, String label, Instant startedAt, long nextSeq);

  /**
   * Envelopes from this seq on, in order; none if nothing newer is here.
   *
   * @param maxEvents most envelopes returned
   * @param maxBytes stops before passing this size, but returns at least one
   * @throws Overflow if the buffer has dropped {@code fromSeq}, or holds nothing of what it was
   *     given
   */
  List<Envelope> read(String runId, long fromSeq, int maxEvents, int maxBytes);

  /** Ends publishing: the sentinel goes, the buffer stays. Doing it again changes nothing. */
  void close(String runId);

  /** What the broker has of a run. */
  Buffer buffer(String runId);

  /**
   * Frees all memory of a closed run. The cursors of readers who are there stay, for they are
   * served from the archive; they go one by one, or by themselves after a day.
   *
   * @throws StillOpen if it is open
   */
  void drop(String runId);

  /**
   * The runs that have keys here, whatever keys, a page at a time, in no order; a run may come more
   * than once, and one that comes or goes meanwhile may be missing.
   *
   * @param after where the page before ended, or empty for the first one
   */
  Page runs(Optional<String> after);

  /**
   * The counters since the broker began: published, streamed, dropped. They go with its data; what
   * was published by all runs together, {@link arena.catalog.Catalog#countEvents} knows too.
   */
  Counters counters();

  /** Most events of one {@link #publish}. */
  int MAX_BATCH = 500;

  /** About how many events a run's buffer keeps. */
  int BUFFER_EVENTS = 10_000;

  /**
   * An event as a reader gets it.
   *
   * @param json the envelope, as text
   */
  record Envelope(long seq, String json) {
    /** When the event was published. */
    public Instant ts() {
      return EnvelopeCodec.readTs(json);
    }
  }

  /**
   * What a publish did.
   *
   * @param lastSeq last seq the buffer has
   * @param wake whether readers wait, or were lost, and no fan-out is at work: somebody must be
   *     told
   */
  record Published(long lastSeq, boolean wake) {}

  /**
   * What the broker has of a run.
   *
   * @param open whether the sentinel exists
   * @param lastSeq last seq given out; 0 if none
   * @param length entries in the stream
   * @param firstSeq seq of its first entry, if it has one
   */
  record Buffer(boolean open, long lastSeq, long length, Optional<Long> firstSeq) {}

  /**
   * Some runs.
   *
   * @param next what to ask for next; empty after the last page
   */
  record Page(Set<String> runIds, Optional<String> next) {}

  /** What was counted. */
  record Counters(long eventsPublished, long eventsStreamed, long streamsDropped) {}
}
