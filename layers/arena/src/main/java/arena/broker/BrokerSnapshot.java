package arena.broker;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What an operator would look up of a run in Redis, as it was at one moment.
 *
 * @param sentinel its value, if it exists: label and start as JSON
 * @param sentinelLife how long it has left, if it exists
 * @param closed whether the run was closed, and not dropped or opened since
 * @param lastSeq last seq given out; 0 if none
 * @param length entries in the stream
 * @param firstSeq seq of its first entry, if it has one
 * @param newestSeq seq of its last entry, if it has one
 * @param leaseHeld whether a fan-out is at work
 * @param lossNoted whether a loss was noted that its readers are not yet seen to
 * @param readers how many live readers it has
 * @param mostLaggingReaders those that are furthest behind, at most {@value #MAX_READERS}
 * @param counters since the broker began
 * @param connected connections that the server has, if it says so
 * @param maxConnected connections that it takes at most, if it says so
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
    Broker.Counters counters,
    Optional<Long> connected,
    Optional<Long> maxConnected) {
  /** Most readers that are told one by one. */
  public static final int MAX_READERS = 50;

  public BrokerSnapshot {
    mostLaggingReaders = List.copyOf(mostLaggingReaders);
  }

  /**
   * A live reader.
   *
   * @param nextSeq the next event that it is to get
   */
  public record Reader(String connectionId, long nextSeq) {}

  /** Whether the sentinel exists. */
  public boolean open() {
    return sentinel.isPresent();
  }

  /** How many events a reader has not had. */
  public long lag(Reader reader) {
    return Math.max(0, lastSeq + 1 - reader.nextSeq());
  }
}
