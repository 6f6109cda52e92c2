package arena.stream;

import arena.broker.Broker;
import arena.broker.ConnectionId;
import arena.broker.Subscribers;
import arena.catalog.Catalog;
import arena.metrics.Metrics;
import arena.run.Run;
import arena.run.RunId;
import arena.run.UnknownRun;
import arena.source.EventReader;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Delivers a run's pending events to its readers. One fan-out per run is active: the holder of the
 * {@linkplain FanOutLease lease}. Each reader has its own {@linkplain Delivery delivery} thread, so
 * that a slow reader does not delay the others.
 *
 * <p>No wake-up is lost: the holder checks for new work before it releases the lease. If the holder
 * dies, Lambda retries it; until then a woken fan-out that sees no progress waits for the lease to
 * expire.
 */
public final class FanOut {
  private static final Logger LOG = LoggerFactory.getLogger(FanOut.class);

  private static final Duration POLL_INTERVAL = Duration.ofMillis(20);

  /** Maximum number of consecutive polls in which the lease has work but no reader has: 10 s. */
  private static final int MAX_IDLE_POLLS = 500;

  private final Stores stores;
  private final ConnectionSender sender;
  private final FanOutInvoker fanOutInvoker;
  private final InstantSource clock;
  private final TaskRunner tasks;
  private final Metrics metrics;
  private final EventBatches.Stores batchStores;

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

  /** The result of a fan-out. */
  public record Result(long events, long streamsDropped) {
    private static final Result NOTHING = new Result(0, 0);
  }

  /**
   * Serves a run until no reader is waiting, or until the deadline, when it invokes its successor.
   * Returns early if another fan-out is active.
   *
   * @throws UnknownRun if the run does not exist
   */
  public Result serve(FanOutTask task) {
    Optional<FanOutLease> lease =
        FanOutLease.acquire(stores.subscribers(), task.runId(), task.deadline(), clock, tasks);
    if (lease.isEmpty()) {
      return Result.NOTHING;
    }
    try {
      return new Loop(task, lease.get()).serve();
    } catch (RuntimeException e) {
      abandon(lease.get(), e);
      throw e;
    }
  }

  /** Releases the lease, so that the next fan-out does not have to wait for its expiry. */
  private static void abandon(FanOutLease lease, RuntimeException cause) {
    try {
      lease.abandon();
    } catch (RuntimeException e) {
      cause.addSuppressed(e);
    }
  }

  /**
   * The state of the run at one poll.
   *
   * @param ended whether all events are archived and none will be published
   */
  private record RunState(Run run, Broker.Buffer buffer, boolean ended) {}

  /** The loop of one fan-out: finds readers that are behind, and starts their delivery. */
  private final class Loop {
    private final FanOutTask task;
    private final RunId runId;
    private final FanOutLease lease;
    private final RunReaders readers;
    private final DeliveryCounter counter;
    private final Delivery delivery;
    private @Nullable RunState state;

    private Loop(FanOutTask task, FanOutLease lease) {
      this.task = task;
      this.runId = task.runId();
      this.lease = lease;
      this.readers = new RunReaders(runId, stores.subscribers(), stores.connections(), sender);
      this.counter = new DeliveryCounter(runId, stores.catalog(), clock);
      this.delivery = new Delivery(task, lease, readers, counter, sender, clock, tasks, metrics);
    }

    private Result serve() {
      try (TaskRunner.TaskGroup senders = tasks.newGroup()) {
        try {
          serve(senders);
        } finally {
          delivery.stop();
        }
      } finally {
        counter.sendAll();
      }
      return counter.total();
    }

    private void serve(TaskRunner.TaskGroup senders) {
      int idlePolls = 0;
      boolean checkedAtEnd = false;
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
          // The new holder continues. If Redis lost the lease, another fan-out must be woken.
          readers.markLoss();
          fanOutInvoker.wake(runId);
          return;
        }
        counter.sendPeriodically();
        boolean first = state == null;
        state = readState();
        delivery.update(
            new Delivery.Snapshot(
                state.run(), new EventBatches(state.run(), state.ended(), batchStores)));
        Map<ConnectionId, Long> cursors = readers.cursors();
        boolean started = startDeliveries(cursors, senders);
        if (started || !senders.isIdle()) {
          idlePolls = 0;
          awaitOne(senders);
          continue;
        }
        // A wake-up without a reader means a lost cursor. After the end, no other wake-up follows.
        if ((first && cursors.isEmpty()) || (state.ended() && !checkedAtEnd)) {
          checkedAtEnd = state.ended();
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
        } else if (++idlePolls > MAX_IDLE_POLLS) {
          throw new IllegalStateException(
              loss.isPresent()
                  ? "run %s: cannot close connections with lost cursors".formatted(runId)
                  : "run %s: readers wait for events that neither broker nor archive has"
                      .formatted(runId));
        } else if (idlePolls > 1) { // the first time, poll again immediately
          awaitOne(senders);
        }
      }
    }

    /**
     * Closes the connections with lost cursors; their clients reconnect and continue from their
     * last event.
     *
     * @return whether all are closed
     */
    private boolean disconnectLost() {
      boolean allClosed = true;
      for (ConnectionId connectionId : readers.lost()) {
        if (!delivery.mayContinue() || !lease.keep()) {
          lease.doubt();
          return false;
        }
        LOG.atWarn()
            .addKeyValue("run_id", runId)
            .addKeyValue("connection_id", connectionId)
            .log("closing connection with lost cursor");
        allClosed &= readers.close(connectionId);
      }
      return allClosed;
    }

    /**
     * Wakes a fan-out for readers that subscribed while the lease was held. The release detects
     * them only if the broker has the run; this covers archived runs.
     */
    private void wakeForLateSubscriber() {
      if (current().ended() && !stores.subscribers().cursors(runId).isEmpty()) {
        fanOutInvoker.wake(runId);
      }
    }

    /** The state of the last poll. */
    private RunState current() {
      return Objects.requireNonNull(state);
    }

    private RunState readState() {
      Broker.Buffer buffer = stores.broker().buffer(runId);
      RunState last = state;
      Run run =
          last != null && (buffer.open() || last.run().archived())
              ? last.run()
              : stores.catalog().find(runId).orElseThrow(() -> new UnknownRun(runId));
      return new RunState(run, buffer, run.archived() && !buffer.open());
    }

    private boolean startDeliveries(Map<ConnectionId, Long> cursors, TaskRunner.TaskGroup senders) {
      boolean started = false;
      for (Map.Entry<ConnectionId, Long> cursor : cursors.entrySet()) {
        boolean behind = current().ended() || cursor.getValue() <= current().buffer().lastSeq();
        if (behind) {
          started |=
              senders.start(
                  cursor.getKey().value(),
                  () -> delivery.deliver(cursor.getKey(), cursor.getValue()));
        }
      }
      return started;
    }

    /** Waits briefly for a delivery to end. */
    private void awaitOne(TaskRunner.TaskGroup senders) {
      try {
        senders.awaitOne(POLL_INTERVAL);
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
      }
    }

    /** Waits for all deliveries; they check the deadline, and sends have timeouts. */
    private void awaitAll(TaskRunner.TaskGroup senders) {
      while (!senders.isIdle() && !Thread.currentThread().isInterrupted()) {
        awaitOne(senders);
      }
    }
  }
}
