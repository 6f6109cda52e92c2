package arena.stream;

import arena.broker.Broker;
import arena.broker.Subscribers;
import arena.catalog.Catalog;
import arena.metrics.Metrics;
import arena.run.Run;
import arena.run.UnknownRun;
import arena.source.EventReader;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Delivers a run's pending events to its readers. One fan-out of a run works at a time: it holds
 * the run's {@linkplain FanOutLease lease}. {@linkplain Delivery Each reader is served} on a thread
 * of its own, so that a slow one does not delay the others.
 *
 * <p>No wake-up is lost. While the lease is held, its holder looks once more before it releases it.
 * When the holder dies, Lambda invokes it again; until then a fan-out that is woken and sees no
 * cursor move waits for the lease to expire.
 */
public final class FanOut {
  private static final Logger LOG = LoggerFactory.getLogger(FanOut.class);

  private static final Duration LOOK_EVERY = Duration.ofMillis(20);

  /** Most consecutive looks that find work for the lease and none for a reader: 10 s. */
  private static final int MAX_IDLE_LOOKS = 500;

  private final Stores stores;
  private final ConnectionSender sender;
  private final FanOutInvoker fanOutInvoker;
  private final InstantSource clock;
  private final TaskRunner tasks;
  private final Metrics metrics;
  private final EventBatches.Stores batchStores;

  /** Fans out from these stores to the readers that the sender reaches. */
  public FanOut(
      Stores stores,
      ConnectionSender sender,
      FanOutInvoker fanOutInvoker,
      PayloadLinks links,
      InstantSource clock,
      TaskRunner tasks,
      Metrics metrics) {
    this.stores = stores;
    this.sender = sender;
    this.fanOutInvoker = fanOutInvoker;
    this.clock = clock;
    this.tasks = tasks;
    this.metrics = metrics;
    batchStores = new EventBatches.Stores(stores.broker(), stores.events(), links, tasks);
  }

  /** The stores that a fan-out reads and writes. */
  public record Stores(
      Subscribers subscribers,
      Broker broker,
      Catalog catalog,
      EventReader events,
      Connections connections) {}

  /** What a fan-out did. */
  public record Sent(long events, long streamsDropped) {
    private static final Sent NOTHING = new Sent(0, 0);
  }

  /**
   * Serves the run until no reader waits, or until the deadline, when it invokes its successor.
   * Returns soon if another fan-out works.
   *
   * @throws UnknownRun if there is no such run
   */
  public Sent serve(FanOutTask task) {
    Optional<FanOutLease> lease =
        FanOutLease.acquire(stores.subscribers(), task.runId(), task.deadline(), clock, tasks);
    if (lease.isEmpty()) {
      return Sent.NOTHING;
    }
    try {
      return new Round(task, lease.get()).serve();
    } catch (RuntimeException e) {
      abandon(lease.get(), e);
      throw e;
    }
  }

  /** The next fan-out continues from the cursors, and need not wait for the lease to expire. */
  private static void abandon(FanOutLease lease, RuntimeException why) {
    try {
      lease.abandon();
    } catch (RuntimeException e) {
      why.addSuppressed(e);
    }
  }

  /**
   * The run at one moment.
   *
   * @param ended whether the archive has every event, and none will be published
   */
  private record Look(Run run, Broker.Buffer buffer, boolean ended) {}

  /** The loop of one fan-out: looks for readers that are behind, and starts their delivery. */
  private final class Round {
    private final FanOutTask task;
    private final String runId;
    private final FanOutLease lease;
    private final RunReaders readers;
    private final Delivery delivery;
    private Look look;

    private Round(FanOutTask task, FanOutLease lease) {
      this.task = task;
      this.runId = task.runId();
      this.lease = lease;
      this.readers = new RunReaders(runId, stores.subscribers(), stores.connections(), sender);
      this.delivery = new Delivery(task, lease, readers, sender, clock, tasks, metrics);
    }

    private Sent serve() {
      try (TaskRunner.TaskGroup senders = tasks.newGroup()) {
        try {
          serve(senders);
        } finally {
          delivery.stop();
        }
      }
      return delivery.sent();
    }

    private void serve(TaskRunner.TaskGroup senders) {
      int idleLooks = 0;
      boolean soughtAtEnd = false;
      while (true) {
        if (Thread.currentThread().isInterrupted()) {
          throw new IllegalStateException("the fan-out of run %s was interrupted".formatted(runId));
        }
        if (!clock.instant().isBefore(task.deadline())) {
          awaitAll(senders);
          lease.abandon();
          fanOutInvoker.wake(runId);
          return;
        }
        if (!lease.keep()) {
          delivery.stop();
          awaitAll(senders);
          // The new holder continues. If there is none, because Redis lost it, one must be woken.
          readers.markLoss();
          fanOutInvoker.wake(runId);
          return;
        }
        boolean first = look == null;
        look = look();
        delivery.update(
            new Delivery.Snapshot(
                look.run(), new EventBatches(look.run(), look.ended(), batchStores)));
        Map<String, Long> cursors = readers.cursors();
        boolean started = startThoseBehind(cursors, senders);
        if (started || !senders.isIdle()) {
          idleLooks = 0;
          awaitOne(senders);
          continue;
        }
        // It was woken for a reader; and nothing wakes it again for a run that has ended.
        if ((first && cursors.isEmpty()) || (look.ended() && !soughtAtEnd)) {
          soughtAtEnd = look.ended();
          if (!readers.lost().isEmpty()) {
            readers.markLoss();
          }
        }
        if (lease.release()) {
          wakeForLateSubscriber();
          return;
        }
        OptionalLong loss = stores.subscribers().loss(runId);
        if (loss.isPresent() && disconnectLost()) {
          stores.subscribers().clearLoss(runId, loss.getAsLong());
        } else if (++idleLooks > MAX_IDLE_LOOKS) {
          throw new IllegalStateException(
              loss.isPresent()
                  ? "run %s: connections that lost their cursors cannot be closed".formatted(runId)
                  : "run %s: its readers wait for events that neither broker nor archive has"
                      .formatted(runId));
        } else if (idleLooks > 1) { // the first time, what came in between is looked for at once
          awaitOne(senders);
        }
      }
    }

    /**
     * Closes the connections whose cursors are lost: only their clients know where they were. They
     * reconnect and continue from there.
     *
     * @return whether all of them are closed
     */
    private boolean disconnectLost() {
      boolean all = true;
      for (String connectionId : readers.lost()) {
        if (!delivery.mayContinue() || !lease.keep()) {
          lease.doubt();
          return false;
        }
        LOG.warn("run {}: connection {} is closed: its cursor was lost", runId, connectionId);
        all &= readers.close(connectionId);
      }
      return all;
    }

    /**
     * A reader that subscribed while the lease was held woke a fan-out that found it taken. The
     * release itself sees such a reader if the broker has the run; if only the archive has it, this
     * looks.
     */
    private void wakeForLateSubscriber() {
      if (look.ended() && !stores.subscribers().cursors(runId).isEmpty()) {
        fanOutInvoker.wake(runId);
      }
    }

    private Look look() {
      Broker.Buffer buffer = stores.broker().buffer(runId);
      boolean known = look != null && (buffer.open() || look.run().archived());
      Run run =
          known
              ? look.run()
              : stores.catalog().find(runId).orElseThrow(() -> new UnknownRun(runId));
      return new Look(run, buffer, run.archived() && !buffer.open());
    }

    private boolean startThoseBehind(Map<String, Long> cursors, TaskRunner.TaskGroup senders) {
      boolean started = false;
      for (Map.Entry<String, Long> cursor : cursors.entrySet()) {
        boolean behind = look.ended() || cursor.getValue() <= look.buffer().lastSeq();
        if (behind) {
          started |=
              senders.start(
                  cursor.getKey(), () -> delivery.deliver(cursor.getKey(), cursor.getValue()));
        }
      }
      return started;
    }

    /** Waits a moment for a delivery to end. */
    private void awaitOne(TaskRunner.TaskGroup senders) {
      try {
        senders.awaitOne(LOOK_EVERY);
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
      }
    }

    /** Waits for all deliveries: they check the deadline, and sending has time-outs. */
    private void awaitAll(TaskRunner.TaskGroup senders) {
      while (!senders.isIdle() && !Thread.currentThread().isInterrupted()) {
        awaitOne(senders);
      }
    }
  }
}
