package arena.stream;

import arena.broker.ConnectionId;
import arena.metrics.Metric;
import arena.metrics.Metrics;
import arena.retry.RetryPolicy;
import arena.run.RunStatus;
import arena.stream.EventBatches.Batch;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends a run's pending events to its readers during one fan-out. Uses one thread per reader.
 * Thread-safe.
 */
final class Delivery {
  private static final Logger LOG = LoggerFactory.getLogger(Delivery.class);

  /** How long a reader may accept no message before its connection is closed. */
  static final Duration SEND_TIMEOUT = Duration.ofSeconds(60);

  /** Maximum number of concurrent sends for readers whose last message was not accepted. */
  private static final int MAX_CONCURRENT_RETRIES = 16;

  /** Retries of one message before the reader's cursor is read again. */
  private static final RetryPolicy RETRY = RetryPolicy.doubling(6, Duration.ofMillis(50));

  private final FanOutTask task;
  private final FanOutLease lease;
  private final RunReaders readers;
  private final DeliveryCounter counter;
  private final EventBatches batches;
  private final ConnectionSender sender;
  private final InstantSource clock;
  private final TaskRunner tasks;
  private final Metrics metrics;
  private final Map<ConnectionId, Instant> failingSince = new ConcurrentHashMap<>();
  private final Semaphore steps = new Semaphore(FanOut.MAX_CONCURRENT_SENDS, true);
  private final Semaphore retries = new Semaphore(MAX_CONCURRENT_RETRIES, true);

  /** Number of messages that were tried to send. */
  private final LongAdder attempts = new LongAdder();

  private volatile boolean stopped;

  Delivery(
      FanOutTask task,
      FanOutLease lease,
      RunReaders readers,
      DeliveryCounter counter,
      EventBatches batches,
      ConnectionSender sender,
      InstantSource clock,
      TaskRunner tasks,
      Metrics metrics) {
    this.task = task;
    this.lease = lease;
    this.readers = readers;
    this.counter = counter;
    this.batches = batches;
    this.sender = sender;
    this.clock = clock;
    this.tasks = tasks;
    this.metrics = metrics;
  }

  /** Stops all deliveries after their current message. */
  void stop() {
    stopped = true;
  }

  /** Whether a reader has accepted no message since this time or longer. */
  boolean hasFailedSince(Instant time) {
    return failingSince.values().stream().anyMatch(since -> !since.isAfter(time));
  }

  /** The number of messages that were tried to send. */
  long attempts() {
    return attempts.sum();
  }

  /** Whether another message may be started. */
  boolean mayContinue() {
    Instant now = clock.instant();
    return !stopped && now.isBefore(task.deadline()) && lease.isHeldAt(now);
  }

  /** The result of one message to one reader. */
  private sealed interface Step {
    /** The message was sent. */
    record Advanced(long nextSeq) implements Step {}

    /** The message could not be sent now. */
    record Retry(String reason) implements Step {}

    /** The message was sent, but a store could not record it now. */
    record Unrecorded(AfterSend record, String reason) implements Step {}

    /** Nothing is pending for this reader, or another fan-out serves it. */
    record Done() implements Step {}
  }

  /** Sends messages to a reader until none is pending. */
  void deliver(ConnectionId connectionId, long from) {
    try {
      long cursor = from;
      AfterSend unrecorded = null;
      RetryPolicy.Attempts attempts = RETRY.start(tasks::pause);
      while (mayContinue()) {
        switch (boundedStep(connectionId, cursor, unrecorded)) {
          case Step.Done() -> {
            failingSince.remove(connectionId);
            return;
          }
          case Step.Advanced(long nextSeq) -> {
            cursor = nextSeq;
            unrecorded = null;
            attempts = RETRY.start(tasks::pause);
            failingSince.remove(connectionId);
          }
          case Step.Retry(String reason) -> {
            if (isTimedOut(connectionId)) {
              drop(connectionId, cursor, reason);
              return;
            }
            if (!attempts.waitForNext()) {
              return; // it may have disconnected or resubscribed, which the next poll finds
            }
          }
          case Step.Unrecorded(AfterSend record, String reason) -> {
            unrecorded = record; // not sent again
            if (isTimedOut(connectionId)) {
              drop(connectionId, cursor, reason);
              return;
            }
            if (!attempts.waitForNext()) {
              return;
            }
          }
        }
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      LOG.atError()
          .addKeyValue("run_id", task.runId())
          .addKeyValue("connection_id", connectionId)
          .setCause(e)
          .log("delivery failed");
    }
  }

  /** Takes a step; slow readers, which may take long, share a part of the concurrent steps. */
  private Step boundedStep(ConnectionId connectionId, long cursor, @Nullable AfterSend unrecorded)
      throws InterruptedException {
    if (!failingSince.containsKey(connectionId)) {
      return step(connectionId, cursor, unrecorded);
    }
    retries.acquire();
    try {
      return step(connectionId, cursor, unrecorded);
    } finally {
      retries.release();
    }
  }

  /**
   * Sends the next message.
   *
   * @param unrecorded what records the message at this cursor, if it was already sent
   */
  private Step step(ConnectionId connectionId, long cursor, @Nullable AfterSend unrecorded)
      throws InterruptedException {
    steps.acquire();
    try {
      if (unrecorded != null) {
        return record(connectionId, unrecorded);
      }
      if (readers.isEnded(connectionId)) {
        end(connectionId, cursor);
        return new Step.Done();
      }
      return switch (batches.from(cursor)) {
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
                () -> finish(connectionId, cursor, true));
        case Batch.Ended(RunStatus status, long lastSeq) -> {
          counter.send(); // a reader that looks at the counters then finds its events
          yield send(
              connectionId,
              cursor,
              ServerMessages.closed(task.runId(), status, lastSeq),
              () -> finish(connectionId, cursor, false));
        }
      };
    } catch (RuntimeException e) {
      logFailure(connectionId, e);
      return new Step.Retry(storeFailed(e));
    } finally {
      steps.release();
    }
  }

  private Step record(ConnectionId connectionId, AfterSend sent) {
    try {
      return sent.run();
    } catch (RuntimeException e) {
      logFailure(connectionId, e);
      return new Step.Unrecorded(sent, storeFailed(e));
    }
  }

  private void logFailure(ConnectionId connectionId, RuntimeException e) {
    if (failingSince.putIfAbsent(connectionId, clock.instant()) == null) {
      LOG.atWarn()
          .addKeyValue("run_id", task.runId())
          .addKeyValue("connection_id", connectionId)
          .setCause(e)
          .log("delivery failed; retrying");
    }
  }

  private static String storeFailed(RuntimeException e) {
    return "a store failed: " + e.getMessage();
  }

  private interface AfterSend {
    Step run();
  }

  private Step send(ConnectionId connectionId, long cursor, String message, AfterSend delivered) {
    attempts.increment();
    return switch (sender.send(connectionId, message)) {
      case DELIVERED -> record(connectionId, delivered);
      case LATER -> new Step.Retry("accepts no messages");
      case GONE -> {
        lease.evict(connectionId, cursor);
        readers.forget(connectionId);
        yield new Step.Done();
      }
      case REFUSED -> {
        drop(connectionId, cursor, "API Gateway rejected a message");
        yield new Step.Done();
      }
    };
  }

  /**
   * Records the time from publish to send. For events published before the fan-out was woken, such
   * as after a subscribe to old events, measures from the wake-up.
   */
  private void recordLag(Instant published) {
    Instant since = published.isBefore(task.wokenAt()) ? task.wokenAt() : published;
    Duration lag = Duration.between(since, clock.instant());
    // not negative in spite of clock skew
    metrics.max(Metric.FAN_OUT_LAG, Math.max(0, lag.toNanos() / 1e6));
  }

  private Step advance(ConnectionId connectionId, long cursor, long nextSeq) {
    if (lease.advance(connectionId, cursor, nextSeq)) {
      counter.addEvents(nextSeq - cursor);
      metrics.count(Metric.EVENTS_STREAMED, nextSeq - cursor);
      return new Step.Advanced(nextSeq);
    }
    lease.doubt();
    return new Step.Done();
  }

  private Step finish(ConnectionId connectionId, long cursor, boolean overflowed) {
    readers.ending(connectionId);
    if (lease.finish(connectionId, cursor)) {
      if (overflowed) {
        countDropped();
      }
      readers.unsubscribe(connectionId);
    } else {
      lease.doubt();
    }
    return new Step.Done();
  }

  private boolean isTimedOut(ConnectionId connectionId) {
    Instant now = clock.instant();
    Instant since = failingSince.putIfAbsent(connectionId, now);
    return since != null && !now.isBefore(since.plus(SEND_TIMEOUT));
  }

  /**
   * Drops a reader that accepts no messages: closes its connection, so that its client reconnects
   * and continues from its last event.
   */
  private void drop(ConnectionId connectionId, long cursor, String reason) {
    LOG.atWarn()
        .addKeyValue("run_id", task.runId())
        .addKeyValue("connection_id", connectionId)
        .addKeyValue("reason", reason)
        .log("closing connection that accepts no messages");
    if (lease.evict(connectionId, cursor)) {
      countDropped();
    }
    close(connectionId);
  }

  /** Ends the connection of a reader whose token is no longer valid. */
  private void end(ConnectionId connectionId, long cursor) {
    LOG.atInfo()
        .addKeyValue("run_id", task.runId())
        .addKeyValue("connection_id", connectionId)
        .log("closing connection whose token is no longer valid");
    sender.send(connectionId, ServerMessages.unauthorized());
    lease.evict(connectionId, cursor);
    close(connectionId);
  }

  /** Closes a connection whose cursor is gone. */
  private void close(ConnectionId connectionId) {
    failingSince.remove(connectionId);
    if (!readers.close(connectionId)) {
      readers.markLoss(); // still subscribed, but without a cursor: retried as a loss
    }
  }

  private void countDropped() {
    counter.addDropped();
    metrics.count(Metric.STREAMS_DROPPED, 1);
  }
}
