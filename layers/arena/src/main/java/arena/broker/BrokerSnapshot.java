package arena.broker;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A consistent snapshot of a run's state in Redis.
 *
 * @param sentinel the sentinel's value as JSON, if it exists
 * @param sentinelLife the sentinel's remaining time to live
 * @param closed whether the run was closed and not reopened or dropped since
 * @param lastSeq last published seq; 0 if none
 * @param length number of entries in the stream
 * @param firstSeq seq of the first entry
 * @param newestSeq seq of the last entry
 * @param leaseHeld whether a fan-out is running
 * @param lossNoted whether a loss of data is marked and not yet handled
 * @param readers number of live readers
 * @param mostLaggingReaders the readers furthest behind, at most {@value #MAX_READERS}
 * @param connected number of client connections, if known
 * @param maxConnected connection limit, if known
 */
public record BrokerSnapshot(
    Optional<String> sentinel,
    Optional<Duration> sentinelLife,
    boolean closed,
    long lastSeq,
    long length,
    Optional<Long> firstSeq,
    Optional<Long> newestSeq,
    boolean leaseHeld,
    boolean lossNoted,
    long readers,
    List<Reader> mostLaggingReaders,
    Optional<Long> connected,
    Optional<Long> maxConnected) {
  /** Maximum number of readers listed. */
  public static final int MAX_READERS = 50;

  public BrokerSnapshot {
    mostLaggingReaders = List.copyOf(mostLaggingReaders);
  }

  /**
   * A live reader.
   *
   * @param nextSeq its cursor: the next seq to send
   */
  public record Reader(ConnectionId connectionId, long nextSeq) {}

  /** Whether the sentinel exists. */
  public boolean open() {
    return sentinel.isPresent();
  }

  /** Number of published events that a reader has not received. */
  public long lag(Reader reader) {
    return Math.max(0, lastSeq + 1 - reader.nextSeq());
  }
}
