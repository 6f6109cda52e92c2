package arena.stream;

import arena.metrics.Metric;
import arena.metrics.Metrics;
import arena.retry.RetryPolicy;
import arena.run.Run;
import arena.stream.EventBatches.Batch;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends a run's pending events to its readers, during one fan-out. Each reader is served on a
 * thread of its own; thread-safe.
 */
final class Delivery {
  private static final Logger LOG = LoggerFactory.getLogger(Delivery.class);

  /** Longest that a reader takes no message before its connection is closed. */
  static final Duration PATIENCE = Duration.ofSeconds(60);

  /** Messages that are read and sent at once: bounds memory and connections. */
  private static final int STEPS_AT_ONCE = 64;

  /** Attempts at one message, before the reader's cursor is read again. */
  private static final RetryPolicy RETRY = RetryPolicy.doubling(6, Duration.ofMillis(50));

  private final FanOutTask task;
  private final FanOutLease lease;
  private final RunReaders readers;
  private final ConnectionSender sender;
  private final InstantSource clock;
  private final TaskRunner tasks;
  private final Metrics metrics;
  private final Map<String, Instant> failingSince = new ConcurrentHashMap<>();
  private final Semaphore steps = new Semaphore(STEPS_AT_ONCE, true);
  private final LongAdder events = new LongAdder();
  private final LongAdder dropped = new LongAdder();

  private volatile Snapshot snapshot;
  private volatile boolean stopped;

  Delivery(
      FanOutTask task,
      FanOutLease lease,
      RunReaders readers,
      ConnectionSender sender,
      InstantSource clock,
      TaskRunner tasks,
      Metrics metrics) {
    this.task = task;
    this.lease = lease;
    this.readers = readers;
    this.sender = sender;
    this.clock = clock;
    this.tasks = tasks;
    this.metrics = metrics;
  }

  /**
   * The run at one moment.
   *
   * @param batches the messages that are pending
   */
  record Snapshot(Run run, EventBatches batches) {}

  /** Has messages from here on made from this. */
  void update(Snapshot latest) {
    snapshot = latest;
  }

  /** Has each reader's thread end after the message that it is sending. */
  void stop() {
    stopped = true;
  }

  /** Whether another message may be started. */
  boolean mayContinue() {
    Instant now = clock.instant();
    return !stopped && now.isBefore(task.deadline()) && lease.isHeldAt(now);
  }

  /** What was sent and dropped. */
  FanOut.Sent sent() {
    return new FanOut.Sent(events.sum(), dropped.sum());
  }

  /** How one message to one reader went. */
  private sealed interface Step {
    /** It was sent; the next event's number. */
    record Moved(long nextSeq) implements Step {}

    /** It could not be sent now. */
    record Later(String why) implements Step {}

    /** Nothing remains to be sent to this reader, or another fan-out sends it. */
    record Done() implements Step {}
  }

  /** Sends a reader one message after the other, until none is pending. */
  void deliver(String connectionId, long from) {
    try {
      long cursor = from;
      RetryPolicy.Attempts attempts = RETRY.start(tasks::pause);
      while (mayContinue()) {
        switch (step(connectionId, cursor)) {
          case Step.Done() -> {
            return;
          }
          case Step.Moved(long nextSeq) -> {
            cursor = nextSeq;
            attempts = RETRY.start(tasks::pause);
            failingSince.remove(connectionId);
          }
          case Step.Later(String why) -> {
            if (isOutOfPatience(connectionId)) {
              drop(connectionId, cursor, why);
              return;
            }
            if (!attempts.waitForNext()) {
              return; // it may be gone, or have subscribed again: the next look shows it
            }
          }
        }
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      LOG.error("run {}: connection {} was not served", task.runId(), connectionId, e);
    }
  }

  private Step step(String connectionId, long cursor) throws InterruptedException {
    steps.acquire();
    try {
      Snapshot now = snapshot;
      return switch (now.batches().from(cursor)) {
        case Batch.Nothing() -> new Step.Done();
        case Batch.Events(String message, long nextSeq, Instant newest) ->
            send(
                connectionId,
                cursor,
                message,
                () -> {
                  recordLag(newest);
                  return advance(connectionId, cursor, nextSeq);
                });
        case Batch.Overflowed(long availableFrom) ->
            send(
                connectionId,
                cursor,
                ServerMessages.overflow(task.runId(), cursor, availableFrom),
                () -> end(connectionId, cursor, true));
        case Batch.Ended() ->
            send(
                connectionId,
                cursor,
                ServerMessages.closed(task.runId(), now.run().status(), now.run().nEvents()),
                () -> end(connectionId, cursor, false));
      };
    } catch (RuntimeException e) {
      if (failingSince.putIfAbsent(connectionId, clock.instant()) == null) {
        LOG.warn("run {}: connection {} is not served for now", task.runId(), connectionId, e);
      }
      return new Step.Later("a store failed: " + e.getMessage());
    } finally {
      steps.release();
    }
  }

  private interface AfterSend {
    Step run();
  }

  private Step send(String connectionId, long cursor, String message, AfterSend delivered) {
    return switch (sender.send(connectionId, message)) {
      case DELIVERED -> delivered.run();
      case LATER -> new Step.Later("it takes nothing");
      case GONE -> {
        lease.finish(connectionId, cursor, false);
        readers.forget(connectionId);
        yield new Step.Done();
      }
      case REFUSED -> {
        drop(connectionId, cursor, "the gateway refuses what is sent to it");
        yield new Step.Done();
      }
    };
  }

  /**
   * Records how long a send comes after a publish. An event that was published before the fan-out
   * was woken counts from the wake-up: a reader that asks for old events waits since it asked.
   */
  private void recordLag(Instant published) {
    Instant since = published.isBefore(task.wokenAt()) ? task.wokenAt() : published;
    Duration lag = Duration.between(since, clock.instant());
    // Another machine's clock may be ahead.
    metrics.max(Metric.FAN_OUT_LAG, Math.max(0, lag.toNanos() / 1e6));
  }

  private Step advance(String connectionId, long cursor, long nextSeq) {
    if (lease.advance(connectionId, cursor, nextSeq)) {
      events.add(nextSeq - cursor);
      metrics.count(Metric.EVENTS_STREAMED, nextSeq - cursor);
      return new Step.Moved(nextSeq);
    }
    lease.doubt();
    return new Step.Done();
  }

  private Step end(String connectionId, long cursor, boolean overflowed) {
    if (lease.finish(connectionId, cursor, overflowed)) {
      if (overflowed) {
        countDropped();
      }
      readers.unsubscribe(connectionId);
    } else {
      lease.doubt();
    }
    return new Step.Done();
  }

  private boolean isOutOfPatience(String connectionId) {
    Instant now = clock.instant();
    Instant since = failingSince.putIfAbsent(connectionId, now);
    return since != null && !now.isBefore(since.plus(PATIENCE));
  }

  /**
   * Drops a reader that takes no message, not even that it is dropped. Its connection is closed, so
   * that its client reconnects and continues from the last event it has.
   */
  private void drop(String connectionId, long cursor, String why) {
    LOG.warn("run {}: connection {} is closed: {}", task.runId(), connectionId, why);
    if (lease.finish(connectionId, cursor, true)) {
      countDropped();
    }
    if (!readers.close(connectionId)) {
      readers.markLoss(); // it still subscribes, without a cursor: it is tried again
    }
  }

  private void countDropped() {
    dropped.increment();
    metrics.count(Metric.STREAMS_DROPPED, 1);
  }
}
