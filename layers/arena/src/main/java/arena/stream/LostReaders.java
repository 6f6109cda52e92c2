package arena.stream;

import arena.broker.ConnectionId;
import arena.run.RunId;
import arena.stream.Connections.Subscriber;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Handles the readers without a cursor of one run, under the lease: adopts pending subscriptions,
 * removes ending ones, and closes the connections with lost cursors; their clients reconnect and
 * continue from their last event.
 */
final class LostReaders {
  private static final Logger LOG = LoggerFactory.getLogger(LostReaders.class);

  /** Maximum number of concurrent calls for readers without a cursor. */
  static final int MAX_CONCURRENT_CALLS = 32;

  private static final Duration CALL_POLL = Duration.ofMillis(20);

  private final RunId runId;
  private final RunReaders readers;
  private final FanOutLease lease;
  private final Delivery delivery;
  private final TaskRunner tasks;

  LostReaders(
      RunId runId, RunReaders readers, FanOutLease lease, Delivery delivery, TaskRunner tasks) {
    this.runId = runId;
    this.readers = readers;
    this.lease = lease;
    this.delivery = delivery;
    this.tasks = tasks;
  }

  /**
   * Handles all readers without a cursor. Called by the thread that keeps the lease.
   *
   * @param loss number of the loss
   * @return whether all were handled, so that the loss is cleared
   */
  boolean handle(long loss) {
    AtomicBoolean allHandled = new AtomicBoolean(true);
    try (TaskRunner.TaskGroup workers = tasks.newGroup()) {
      for (Subscriber reader : readers.withoutCursor()) {
        if (!delivery.mayContinue() || !lease.keep()) {
          lease.doubt();
          return false;
        }
        workers.start(
            reader.connectionId().value(),
            () -> {
              if (!handle(reader)) {
                allHandled.set(false);
              }
            });
        while (workers.running() >= MAX_CONCURRENT_CALLS
            && !Thread.currentThread().isInterrupted()) {
          awaitOne(workers);
        }
      }
    }
    if (allHandled.get()) {
      readers.clearLoss(loss);
    }
    return allHandled.get();
  }

  private static void awaitOne(TaskRunner.TaskGroup workers) {
    try {
      workers.awaitOne(CALL_POLL);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean handle(Subscriber reader) {
    ConnectionId connectionId = reader.connectionId();
    try {
      if (reader.pending()) {
        return readers.adopt(connectionId, lease);
      }
      if (reader.ending() && readers.end(connectionId)) {
        return true;
      }
      LOG.atWarn()
          .addKeyValue("run_id", runId)
          .addKeyValue("connection_id", connectionId)
          .log("closing connection with lost cursor");
      return readers.close(connectionId);
    } catch (RuntimeException e) {
      LOG.atWarn()
          .addKeyValue("run_id", runId)
          .addKeyValue("connection_id", connectionId)
          .setCause(e)
          .log("failed to handle reader without a cursor");
      return false;
    }
  }
}
