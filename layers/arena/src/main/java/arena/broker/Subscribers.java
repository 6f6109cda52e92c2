package arena.broker;

import arena.run.RunId;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalLong;

/**
 * A run's live readers: one cursor per connection, and the lease that allows one fan-out per run.
 * Stored with the run's buffer, so that a publish atomically detects waiting readers.
 */
public interface Subscribers {
  /**
   * Sets a connection's cursor: the next seq to send.
   *
   * @throws TooManyReaders if the run already has {@value #MAX_READERS} readers
   */
  void put(RunId runId, ConnectionId connectionId, long nextSeq);

  /** Removes a connection; returns whether it existed. */
  boolean remove(RunId runId, ConnectionId connectionId);

  /** Returns a connection's cursor. */
  OptionalLong cursor(RunId runId, ConnectionId connectionId);

  /** Returns all cursors by connection id. */
  Map<ConnectionId, Long> cursors(RunId runId);

  /**
   * Acquires the run's lease.
   *
   * @param holdFor time after which the lease expires if not extended
   * @return a fencing token higher than all earlier ones; empty if the lease is held
   */
  OptionalLong acquire(RunId runId, Duration holdFor);

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
   * Removes a connection under the lease, if its cursor is {@code atSeq}.
   *
   * @return false if the lease was lost or the cursor differs
   */
  boolean finish(RunId runId, long fence, ConnectionId connectionId, long atSeq);

  /**
   * Releases the lease, unless there is work: a cursor at or before the last seq, any cursor of a
   * closed run, or {@linkplain #loss a loss}.
   *
   * @return false if there is work and the lease is kept; true if it was released or lost
   */
  boolean release(RunId runId, long fence);

  /** Releases the lease unconditionally; the caller must have handed over the remaining work. */
  void abandon(RunId runId, long fence);

  /**
   * Marks that the broker lost data of this run, possibly including cursors. {@link Broker#restore}
   * does so too.
   */
  void markLoss(RunId runId);

  /** Returns the number of the last unhandled loss. */
  OptionalLong loss(RunId runId);

  /** Clears a loss after its readers were handled; a later loss is kept. */
  void clearLoss(RunId runId, long loss);

  /** Maximum number of live readers of one run. */
  int MAX_READERS = 10_000;
}
