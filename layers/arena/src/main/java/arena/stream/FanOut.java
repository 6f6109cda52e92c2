package arena.stream;

import arena.broker.Broker;
import arena.broker.Subscribers;
import arena.catalog.Catalog;
import arena.error.Dependency;
import arena.error.DependencyUnavailable;
import arena.metrics.Metrics;
import arena.run.Run;
import arena.run.RunId;
import arena.run.UnknownRun;
import arena.source.EventReader;
import arena.stream.Connections.Subscriber;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
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
  /** Maximum number of concurrent sends of a fan-out, each of which needs a connection. */
  public static final int MAX_CONCURRENT_SENDS = 64;

  private static final Logger LOG = LoggerFactory.getLogger(FanOut.class);

  private static final Duration POLL_INTERVAL = Duration.ofMillis(20);

  /** Maximum number of readers that one poll finds. */
  private static final int MAX_FOUND = 500;

  /** Polls after which one finds also the readers that are served already: 200 ms. */
  private static final int POLLS_PER_FULL_LOOK = 10;

  /** Maximum factor of the poll interval: 200 ms. */
  private static final int MAX_POLL_FACTOR = 10;

  /** Polls after which the row of an open run is read again: 10 s. */
  private static final int POLLS_PER_ROW_OPEN = 500;

  /** Polls after which the row of a run that is not open is read again: 200 ms. */
  private static final int POLLS_PER_ROW_CLOSED = 10;

  /** Maximum number of consecutive polls with work but without a message to send: 10 s. */
  private static final int MAX_IDLE_POLLS = 500;

  /**
   * Time from a wake-up to an invocation that was throttled: Lambda repeats a throttled
   * asynchronous invocation after a second for the first time. A slow cold start may look like it,
   * which costs one more invocation.
   */
  static final Duration THROTTLED_LAG = Duration.ofMillis(900);

  /**
   * Time after which a fan-out that was throttled hands over. Its successor waits for a free
   * invocation like everything else in the account, so that slow readers do not occupy all of them.
   */
  static final Duration THROTTLED_SHARE = Duration.ofSeconds(2);

  /** Time after which a reader that accepted nothing may be one that has to be dropped. */
  private static final Duration STALLED = THROTTLED_SHARE.dividedBy(2);

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
    batchStores =
        new EventBatches.Stores(stores.broker(), stores.catalog(), stores.events(), links, tasks);
  }

  /** The stores that a fan-out reads and writes. */
  public record Stores(
      Subscribers subscribers,
      Broker broker,
      Catalog catalog,
      EventReader events,
      Connections connections,
      ConnectionAccess access) {}

  /** The result of a fan-out. */
  public record Result(long events, long streamsDropped) {
    private static final Result NOTHING = new Result(0, 0);
  }

  /**
   * Serves a run until no reader is waiting, or until the deadline, when it invokes its successor;
   * if it was throttled, after {@link #THROTTLED_SHARE}. Returns early if another fan-out is
   * active.
   *
   * @throws UnknownRun if the run does not exist
   * @throws DependencyUnavailable if the broker is unavailable; the readers are notified that they
   *     are behind, and the caller must try again
   */
  public Result serve(FanOutTask task) {
    boolean throttled = !clock.instant().isBefore(task.wokenAt().plus(THROTTLED_LAG));
    Optional<FanOutLease> lease;
    try {
      if (task.pending()) {
        // the fan-out that holds the lease, this one or another, adopts them
        stores.subscribers().markLoss(task.runId());
      }
      lease =
          FanOutLease.acquire(stores.subscribers(), task.runId(), task.deadline(), clock, tasks);
    } catch (DependencyUnavailable e) {
      notifyBehind(task);
      recoverLater();
      throw e;
    }
    if (lease.isEmpty()) {
      return Result.NOTHING;
    }
    try {
      return new Loop(task, lease.get(), throttled).serve();
    } catch (RuntimeException e) {
      abandon(lease.get(), e);
      if (e instanceof DependencyUnavailable cause && cause.dependency() == Dependency.BROKER) {
        notifyBehind(task);
        recoverLater();
      }
      throw e;
    }
  }

  /** Notifies the run's readers that their events are delayed, once each; failures are ignored. */
  private void notifyBehind(FanOutTask task) {
    String message = ServerMessages.behind(task.runId());
    try {
      List<Subscriber> subscribed = stores.connections().subscribers(task.runId());
      ParallelWork.forEach(
          tasks,
          LostReaders.MAX_CONCURRENT_CALLS,
          subscribed.subList(0, Math.min(subscribed.size(), Subscribers.MAX_READERS)),
          () -> clock.instant().isBefore(task.deadline()),
          reader -> sender.send(reader.connectionId(), message));
    } catch (DependencyUnavailable e) {
      LOG.warn("failed to notify readers that they are behind", e);
    }
  }

  /** Starts a recovery, because the retries of this invocation may be used up in an outage. */
  private void recoverLater() {
    try {
      fanOutInvoker.recover();
    } catch (DependencyUnavailable e) {
      LOG.warn("failed to start the recovery of readers", e);
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

  /** The loop of one fan-out: finds readers that are behind, and starts their delivery. */
  private final class Loop {
    private final FanOutTask task;
    private final RunId runId;
    private final FanOutLease lease;
    private final RunReaders readers;
    private final DeliveryCounter counter;
    private final EventBatches batches;
    private final Delivery delivery;
    private final LostReaders lostReaders;

    /** From when on it hands over to let others run. */
    private final Instant yieldsAt;

    private Run run;

    /** Number of polls since the run's row was read. */
    private int pollsOfRow;

    /** Whether the broker had the run open at the last poll. */
    private boolean open = true;

    /** Number of polls since one that finds also readers that are served. */
    private int pollsOfLook;

    /** Number of polls since one found a reader to serve. */
    private int quietPolls;

    /** Number of readers that are behind and were found by the last polls. */
    private int skip;

    /** Number of the last loss that was handled, possibly in part. */
    private OptionalLong handledLoss = OptionalLong.empty();

    private Loop(FanOutTask task, FanOutLease lease, boolean throttled) {
      this.task = task;
      this.runId = task.runId();
      this.lease = lease;
      this.yieldsAt = throttled ? clock.instant().plus(THROTTLED_SHARE) : task.deadline();
      this.run = readRow();
      this.readers =
          new RunReaders(
              runId, stores.subscribers(), stores.connections(), stores.access(), sender);
      this.counter = new DeliveryCounter(runId, stores.catalog(), clock);
      this.batches = new EventBatches(run, batchStores);
      this.delivery =
          new Delivery(task, lease, readers, counter, batches, sender, clock, tasks, metrics);
      this.lostReaders = new LostReaders(runId, readers, lease, delivery, tasks);
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
      long attempts = 0;
      boolean first = true;
      boolean checkedAtEnd = false;
      while (true) {
        if (Thread.currentThread().isInterrupted()) {
          throw new IllegalStateException("the fan-out of run %s was interrupted".formatted(runId));
        }
        if (mustHandOver()) {
          delivery.stop();
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
        Subscribers.Look look = look(senders);
        if (readEnd(look)) {
          continue; // now all readers are behind
        }
        batches.update(run, look.lastSeq());
        // A wake-up without a reader means a lost cursor. After the end, no other wake-up follows.
        boolean check =
            look.loss().isEmpty() && ((first && look.readers() == 0) || (ended() && !checkedAtEnd));
        first = false;
        checkedAtEnd |= ended();
        if (check && !readers.withoutCursor().isEmpty()) {
          readers.markLoss();
          continue;
        }
        // Before deliveries, because readers without a cursor may have waited for long.
        if (look.loss().isPresent() && !look.loss().equals(handledLoss)) {
          handleLoss(look.loss().getAsLong());
          continue;
        }
        boolean busy = !senders.isIdle() || delivery.attempts() > attempts;
        attempts = delivery.attempts();
        idlePolls = busy ? 0 : idlePolls + 1;
        if (idlePolls > MAX_IDLE_POLLS) {
          throw new IllegalStateException(
              look.loss().isPresent()
                  ? "run %s: cannot close connections with lost cursors".formatted(runId)
                  : "run %s: readers wait for events that neither broker nor archive has"
                      .formatted(runId));
        }
        boolean started = startDeliveries(look, senders);
        quietPolls = started ? 0 : quietPolls + 1;
        if (skip > 0) {
          continue; // the other readers that are behind
        }
        if (started || !senders.isIdle()) {
          await(senders, pollInterval());
          continue;
        }
        if (lease.release(ended())) {
          return;
        }
        boolean retry = Integer.bitCount(idlePolls) == 1; // less and less often
        if (retry && look.loss().isPresent() && handleLoss(look.loss().getAsLong())) {
          continue;
        }
        if (idlePolls > 1) { // the first time, poll again immediately
          await(senders, POLL_INTERVAL);
        }
      }
    }

    /**
     * Whether its time is over. It does not yield while a reader is stalled, because only a fan-out
     * that lasts finds that the reader has timed out and drops it.
     */
    private boolean mustHandOver() {
      Instant now = clock.instant();
      return !now.isBefore(task.deadline())
          || (!now.isBefore(yieldsAt) && !delivery.hasFailedSince(now.minus(STALLED)));
    }

    private Run readRow() {
      return stores.catalog().find(runId).orElseThrow(() -> new UnknownRun(runId));
    }

    /** Whether all events are archived and none will be published. */
    private boolean ended() {
      return run.archived();
    }

    private Subscribers.Look look(TaskRunner.TaskGroup senders) {
      // Once in a while also if as many readers are behind as are served: they may be others.
      boolean all = skip > 0 || ++pollsOfLook >= POLLS_PER_FULL_LOOK;
      pollsOfLook = all ? 0 : pollsOfLook;
      return readers.look(
          new Subscribers.LookQuery(ended(), all ? 0 : senders.running(), skip, MAX_FOUND));
    }

    /**
     * Reads the run's row again if the run may have ended. Closing a run deletes its sentinel; the
     * row is also read at intervals, in case that the broker has older data.
     *
     * @return whether the run has ended since the last call
     */
    private boolean readEnd(Subscribers.Look look) {
      if (ended()) {
        return false;
      }
      boolean nowOpen = look.open() && !look.closed();
      pollsOfRow++;
      boolean due =
          nowOpen ? pollsOfRow >= POLLS_PER_ROW_OPEN : open || pollsOfRow >= POLLS_PER_ROW_CLOSED;
      open = nowOpen;
      if (due) {
        pollsOfRow = 0;
        run = readRow();
      }
      return ended();
    }

    /** Handles readers without a cursor; returns whether all were handled. */
    private boolean handleLoss(long loss) {
      handledLoss = OptionalLong.of(loss);
      return lostReaders.handle(loss);
    }

    private boolean startDeliveries(Subscribers.Look look, TaskRunner.TaskGroup senders) {
      boolean started = false;
      readers.prepare(look.found());
      for (Subscribers.Reader reader : look.found()) {
        started |=
            senders.start(
                reader.connectionId().value(),
                () -> delivery.deliver(reader.connectionId(), reader.nextSeq()));
      }
      skip = look.found().size() == MAX_FOUND ? skip + MAX_FOUND : 0;
      return started;
    }

    /**
     * The time until the next poll. While the run is open it is short, because new events are found
     * by polling. After the end, while only slow readers are served, it increases.
     */
    private Duration pollInterval() {
      return ended() && quietPolls > 0
          ? POLL_INTERVAL.multipliedBy(Math.min(quietPolls, MAX_POLL_FACTOR))
          : POLL_INTERVAL;
    }

    /** Waits until a task ends, at most this long. */
    private void await(TaskRunner.TaskGroup group, Duration atMost) {
      try {
        group.awaitOne(atMost);
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
      }
    }

    /** Waits for all deliveries; they check the deadline, and sends have timeouts. */
    private void awaitAll(TaskRunner.TaskGroup senders) {
      while (!senders.isIdle() && !Thread.currentThread().isInterrupted()) {
        await(senders, POLL_INTERVAL);
      }
    }
  }
}
