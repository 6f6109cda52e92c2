package arena.broker;

import arena.run.RunId;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * A run's live readers: one cursor per connection, and the lease that allows one fan-out per run.
 * Stored with the run's buffer, so that a publish atomically detects waiting readers.
 *
 * <p>Cursors are valid for one life of the server. After a restart or a failover they may be older
 * than what their readers have received, so {@link #put}, {@link #adopt}, {@link #acquire} and
 * {@link #look} then delete them, with the lease, and mark {@linkplain #markLoss a loss}.
 */
public interface Subscribers {
  /**
   * Returns whether the broker accepts writes now, by a small write; false if it cannot be reached,
   * is read-only or is out of memory. Never throws {@link arena.error.DependencyUnavailable}.
   */
  boolean available();

  /**
   * Counts a subscribe of a connection to a run, before its cursor is set: each can send the whole
   * run again. Rejected ones are not counted. Never throws {@link
   * arena.error.DependencyUnavailable}.
   */
  Admission admit(RunId runId, ConnectionId connectionId);

  /** The answer to a subscribe. */
  enum Admission {
    /** The cursor may be set: the broker accepts writes. */
    ADMITTED,
    /** The connection has subscribed too often in the last minute. */
    TOO_MANY_REQUESTS,
    /** The broker does not accept writes now; see {@link #available}. */
    UNAVAILABLE
  }

  /**
   * Sets a connection's cursor: the next seq to send.
   *
   * @throws TooManyReaders if the run already has {@value #MAX_READERS} readers
   */
  void put(RunId runId, ConnectionId connectionId, long nextSeq);

  /**
   * Sets the cursor of a reader that subscribed while the broker was not {@link #available}, under
   * the lease. A lower cursor of the connection is kept.
   *
   * @return false if the lease was lost
   * @throws TooManyReaders if the run already has {@value #MAX_READERS} readers
   */
  boolean adopt(RunId runId, long fence, ConnectionId connectionId, long nextSeq);

  /** Removes a connection; returns whether it existed. */
  boolean remove(RunId runId, ConnectionId connectionId);

  /** Returns a connection's cursor. */
  OptionalLong cursor(RunId runId, ConnectionId connectionId);

  /** Returns all cursors by connection id; at most {@value #MAX_READERS}. */
  Map<ConnectionId, Long> cursors(RunId runId);

  /** Returns the state of a run and readers that are behind, in one call; see {@link LookQuery}. */
  Look look(RunId runId, LookQuery query);

  /**
   * Which readers {@link #look} returns. A reader is behind if its cursor is at or before the last
   * seq.
   *
   * @param all whether every reader counts as behind, because the run has ended
   * @param served number of readers that are already served; if no more are behind, none is
   *     returned
   * @param skip number of readers to skip
   * @param limit maximum number of readers returned
   */
  record LookQuery(boolean all, long served, int skip, int limit) {}

  /**
   * A run's state for the fan-out.
   *
   * @param open whether the sentinel exists
   * @param closed whether the run was closed and not reopened or dropped since
   * @param lastSeq last published seq; 0 if none
   * @param loss number of the last unhandled loss
   * @param readers number of readers
   * @param behind number of readers that are behind
   * @param found readers that are behind, the foremost first
   */
  record Look(
      boolean open,
      boolean closed,
      long lastSeq,
      OptionalLong loss,
      long readers,
      long behind,
      List<Reader> found) {
    public Look {
      found = List.copyOf(found);
    }
  }

  /**
   * A live reader.
   *
   * @param nextSeq its cursor: the next seq to send
   */
  record Reader(ConnectionId connectionId, long nextSeq) {}

  /**
   * Acquires the run's lease.
   *
   * @param holdFor time after which the lease expires if not extended
   * @return a fencing token higher than all earlier ones; empty if the lease is held
   */
  OptionalLong acquire(RunId runId, Duration holdFor);

  /** Returns the state of the lease, for a fan-out that did not acquire it. */
  Holder holder(RunId runId);

  /**
   * The state of a lease.
   *
   * @param heldUntil when it expires, in milliseconds of the server's clock, which increases with
   *     each extension; 0 if it is not held
   * @param work whether the run has readers or a loss
   */
  record Holder(long heldUntil, boolean work) {}

  /** Extends a lease; returns false if it was lost. */
  boolean extend(RunId runId, long fence, Duration holdFor);

  /**
   * Advances a connection's cursor after a send, under the lease.
   *
   * @param fromSeq the expected cursor; a removed or resubscribed connection is not changed
   * @return false if the lease was lost or the cursor differs
   */
  boolean advance(RunId runId, long fence, ConnectionId connectionId, long fromSeq, long nextSeq);

  /**
   * Removes a connection under the lease, if its cursor is {@code atSeq}, after it was notified
   * that its stream ends there. The end is {@linkplain #endedAt noted} for {@link #END_NOTED}.
   *
   * @return false if the lease was lost or the cursor differs
   */
  boolean finish(RunId runId, long fence, ConnectionId connectionId, long atSeq);

  /**
   * Removes a connection under the lease, if its cursor is {@code atSeq}, because it is closed.
   *
   * @return false if the lease was lost or the cursor differs
   */
  boolean evict(RunId runId, long fence, ConnectionId connectionId, long atSeq);

  /**
   * Returns the cursor at which a connection's stream was {@linkplain #finish finished} since its
   * last {@link #put}; empty if it was not, or {@link #END_NOTED} ago.
   */
  OptionalLong endedAt(RunId runId, ConnectionId connectionId);

  /**
   * Releases the lease, unless there is work: a cursor at or before the last seq, any cursor of an
   * ended or closed run, or {@linkplain #markLoss a loss}.
   *
   * @param ended whether the run has ended
   * @return false if there is work and the lease is kept; true if it was released or lost
   */
  boolean release(RunId runId, long fence, boolean ended);

  /** Releases the lease unconditionally; the caller must have handed over the remaining work. */
  void abandon(RunId runId, long fence);

  /**
   * Marks that the broker lost data of this run, possibly including cursors. {@link Broker#restore}
   * does so too.
   */
  void markLoss(RunId runId);

  /** Clears a loss after its readers were handled; a later loss is kept. */
  void clearLoss(RunId runId, long loss);

  /** How long the end of a stream is noted: as long as the invocation that subscribed may take. */
  Duration END_NOTED = Duration.ofMinutes(2);

  /** The time in which subscribes are counted, from the first one on. */
  Duration ADMISSION_WINDOW = Duration.ofMinutes(1);

  /** Maximum number of subscribes of one connection to one run in this time. */
  int MAX_ADMISSIONS_PER_RUN = 10;

  /** Maximum number of subscribes of one connection in this time. */
  int MAX_ADMISSIONS = 200;

  /** Maximum number of live readers of one run. */
  int MAX_READERS = 10_000;
}
