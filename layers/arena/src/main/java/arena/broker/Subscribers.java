package arena.broker;

import java.time.Duration;
import java.util.Map;
import java.util.OptionalLong;

/**
 * Who reads a run live: one cursor a connection, and the lease that lets one fan-out a run at work.
 * Kept beside the run's buffer, so that a publish sees in the same step whether anybody waits.
 */
public interface Subscribers {
  /**
   * Sets a connection's cursor: the next seq that it is to get. Replaces one that it had.
   *
   * @throws TooManyReaders if the run has {@value #MAX_READERS} of them already
   */
  void put(String runId, String connectionId, long nextSeq);

  /** Removes a connection; whether it was there. */
  boolean remove(String runId, String connectionId);

  /** A connection's cursor, if it has one. */
  OptionalLong cursor(String runId, String connectionId);

  /** Every connection's cursor. */
  Map<String, Long> cursors(String runId);

  /**
   * Takes the run's lease, if nobody holds it.
   *
   * @param holdFor after which it is free again if it is not extended
   * @return the fencing number, higher than every one before; empty if somebody holds it
   */
  OptionalLong acquire(String runId, Duration holdFor);

  /** Extends a lease; false if it was lost. */
  boolean extend(String runId, long fence, Duration holdFor);

  /**
   * Moves a connection's cursor after a send, under the lease, and counts the events streamed.
   *
   * @param fromSeq where the cursor must be; a connection that went or subscribed anew is left
   *     alone
   * @return false if the lease was lost or the cursor was elsewhere
   */
  boolean advance(String runId, long fence, String connectionId, long fromSeq, long nextSeq);

  /**
   * Removes a connection under the lease, if its cursor is still here.
   *
   * @param dropped whether it counts as a stream dropped by overflow
   * @return false if the lease was lost or the cursor was elsewhere
   */
  boolean finish(String runId, long fence, String connectionId, long atSeq, boolean dropped);

  /**
   * Lets the lease go, unless work came in meanwhile: a cursor at or behind the last seq, any
   * cursor when the run was closed by {@link Broker#close}, or {@linkplain #loss a loss}.
   *
   * @return false if there is work, and the lease is kept; true if it is let go or was lost
   */
  boolean release(String runId, long fence);

  /** Lets the lease go whatever is left to do: the caller has seen to it that somebody does it. */
  void abandon(String runId, long fence);

  /**
   * Notes that data of this run was lost here, and cursors perhaps with it. {@link Broker#restore}
   * does it too.
   */
  void markLoss(String runId);

  /** The number of the last loss, while it is not seen to. */
  OptionalLong loss(String runId);

  /** Notes that the readers of this loss are seen to; a later loss is not touched. */
  void seenToLoss(String runId, long loss);

  /** Most live readers of one run. */
  int MAX_READERS = 10_000;
}
