package arena.broker;

import arena.codec.EnvelopeCodec;
import arena.event.Event;
import arena.run.RunId;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A bounded buffer of live events per run. Its content can be rebuilt from the journal. */
public interface Broker {
  /**
   * Opens a run for publishing by setting its sentinel.
   *
   * @throws AlreadyOpen if it is already open
   */
  void open(RunId runId, String label, Instant startedAt);

  /**
   * Appends events and ignores those that it already has, so a batch may be retried in whole, in
   * part or split differently.
   *
   * @param events events of this run, in order, without gaps; at most {@value #MAX_BATCH}
   * @throws NotOpen if the run is not open
   * @throws Gap if the first event does not follow the last one in the buffer, or the buffer has
   *     lost events
   */
  Published publish(RunId runId, List<Event> events);

  /**
   * Reopens a run after a loss of data, ready for the event {@code nextSeq}. If the remaining
   * buffer ends before {@code nextSeq - 1} or has lost events, it is deleted, so that readers get
   * an {@link Overflow} instead of a gap. The next publish wakes the fan-out, which handles readers
   * whose cursors were lost; see {@link Subscribers#markLoss}.
   *
   * @return the next seq to publish: {@code nextSeq}, or a higher one if the buffer has more
   */
  long restore(RunId runId, String label, Instant startedAt, long nextSeq);

  /**
   * Reads envelopes in order, starting at {@code fromSeq}; empty if there are no newer ones.
   *
   * @param maxEvents maximum number of envelopes
   * @param maxBytes maximum total size, except that one envelope is always returned
   * @throws Overflow if the buffer has dropped {@code fromSeq} or lost its entries
   */
  List<Envelope> read(RunId runId, long fromSeq, int maxEvents, int maxBytes);

  /** Closes a run for publishing: deletes the sentinel, keeps the buffer. Idempotent. */
  void close(RunId runId);

  /** Returns the state of a run's buffer; for tests and measurements. */
  Buffer buffer(RunId runId);

  /**
   * Closes runs and deletes their buffers; also if the broker has no memory for {@link #close}.
   * Cursors of current readers are kept, because they are served from the archive; they are removed
   * one by one or expire after a day. Idempotent; if it fails, some runs may be dropped.
   *
   * @return the runs that had a buffer
   */
  Set<RunId> drop(List<RunId> runIds);

  /** Drops one run and returns whether it had a buffer; see {@link #drop(List)}. */
  default boolean drop(RunId runId) {
    return !drop(List.of(runId)).isEmpty();
  }

  /** Returns which keys runs have, of those that have any of them. */
  Map<RunId, Presence> presence(List<RunId> runIds);

  /**
   * Lists the runs that have any key, in no order. A run may be returned more than once; runs that
   * change concurrently may be missing.
   *
   * @param after the previous page's {@code next}; empty for the first page
   */
  Page runs(Optional<String> after);

  /** Approximate number of a run's last events that the buffer keeps. */
  default int capacity() {
    return BUFFER_EVENTS;
  }

  /** Maximum number of events per {@link #publish}. */
  int MAX_BATCH = 500;

  /** Approximate capacity of a run's buffer, in events. */
  int BUFFER_EVENTS = 10_000;

  /**
   * An event as sent to readers.
   *
   * @param json the envelope
   */
  record Envelope(long seq, String json) {
    /** When the event was published. */
    public Instant ts() {
      return EnvelopeCodec.readTs(json);
    }
  }

  /**
   * The result of a publish.
   *
   * @param lastSeq last seq in the buffer
   * @param wake whether the fan-out must be woken: readers are waiting or were lost, and no fan-out
   *     is running
   */
  record Published(long lastSeq, boolean wake) {}

  /**
   * The state of a run's buffer.
   *
   * @param open whether the sentinel exists
   * @param lastSeq last published seq; 0 if none
   * @param length number of entries in the stream
   * @param firstSeq seq of the first entry
   */
  record Buffer(boolean open, long lastSeq, long length, Optional<Long> firstSeq) {}

  /**
   * Which keys a run has.
   *
   * @param open whether the sentinel exists
   * @param readers whether there are cursors
   */
  record Presence(boolean open, boolean readers) {
    /** Neither. */
    public static final Presence NONE = new Presence(false, false);
  }

  /**
   * A page of run ids.
   *
   * @param next cursor of the next page; empty on the last page
   */
  record Page(Set<RunId> runIds, Optional<String> next) {}
}
