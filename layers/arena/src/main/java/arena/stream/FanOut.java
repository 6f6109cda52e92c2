package arena.stream;

import arena.broker.Broker;
import arena.broker.BrokerUnavailable;
import arena.broker.Subscribers;
import arena.catalog.Catalog;
import arena.run.Run;
import arena.run.UnknownRun;
import arena.source.EventReader;
import arena.stream.EventBatches.Batch;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends every subscriber of one run what it has not had yet. One fan-out a run is at work: it holds
 * the run's lease, and every cursor moves under the lease's fencing number. Each subscriber is
 * served by a worker of its own, so a slow one holds up nobody.
 *
 * <p>No wake-up is lost. While the lease is held, its holder looks again before it lets go. When
 * the holder dies, Lambda invokes it once more; until then whoever is woken and sees no cursor move
 * waits for the lease to run out.
 */
public final class FanOut {
  private static final Logger LOG = LoggerFactory.getLogger(FanOut.class);

  /** How long a lease holds when it is not extended: as long as a dead fan-out holds up others. */
  static final Duration LEASE = Duration.ofSeconds(10);

  private static final Duration EXTEND_EVERY = Duration.ofSeconds(3);
  private static final Duration LOOK_AT_HOLDER = Duration.ofMillis(500);

  /** Longest that a reader takes nothing before its connection is closed. */
  static final Duration PATIENCE = Duration.ofSeconds(60);

  /** Messages that are read and sent at once: what bounds memory and connections. */
  private static final int STEPS_AT_ONCE = 64;

  /** Attempts at one message before the reader's cursor is looked at again. */
  private static final int ATTEMPTS = 6;

  private static final Duration FIRST_BACKOFF = Duration.ofMillis(50);
  private static final Duration LOOK_EVERY = Duration.ofMillis(20);

  /** Most looks in a row that find work for the lease and none for a sender: 10 s. */
  private static final int MAX_IDLE_LOOKS = 500;

  private final Subscribers subscribers;
  private final Broker broker;
  private final Catalog catalog;
  private final Connections connections;
  private final ConnectionSender gateway;
  private final FanOutInvoker fanOutInvoker;
  private final InstantSource clock;
  private final TaskRunner tasks;
  private final EventBatches.Stores stores;

  /** Sends with these. */
  public FanOut(
      Subscribers subscribers,
      Broker broker,
      Catalog catalog,
      EventReader source,
      Connections connections,
      ConnectionSender gateway,
      FanOutInvoker fanOutInvoker,
      PayloadLinks links,
      InstantSource clock,
      TaskRunner tasks) {
    this.subscribers = subscribers;
    this.broker = broker;
    this.catalog = catalog;
    this.connections = connections;
    this.gateway = gateway;
    this.fanOutInvoker = fanOutInvoker;
    this.clock = clock;
    this.tasks = tasks;
    stores = new EventBatches.Stores(broker, source, links, tasks);
  }

  /** What a fan-out did. */
  public record Sent(long events, long streamsDropped) {
    private static final Sent NOTHING = new Sent(0, 0);
  }

  /**
   * Serves the run until nobody waits, or until the deadline, when it hands over to a new
   * invocation. Ends soon if another fan-out is at work.
   *
   * @param deadline by which no new message is begun
   * @throws UnknownRun if there is no such run
   */
  public Sent serve(String runId, Instant deadline) {
    Optional<Lease> lease = acquire(runId, deadline);
    if (lease.isEmpty()) {
      return Sent.NOTHING;
    }
    Round round = new Round(runId, lease.get(), deadline);
    try {
      return round.serve();
    } catch (RuntimeException e) {
      abandon(runId, lease.get().fence(), e);
      throw e;
    }
  }

  /**
   * The right to move a run's cursors.
   *
   * @param acquired before it was asked for: it holds for {@link #LEASE} from then at least
   */
  private record Lease(long fence, Instant acquired) {}

  /**
   * Takes the lease; empty if another fan-out has it and is at work. One that has it may also have
   * died, and then no publish would wake anybody until it runs out, and after a run's last one
   * nobody ever. So as long as no cursor moves, this waits for that, which takes no longer than a
   * lease holds.
   */
  private Optional<Lease> acquire(String runId, Instant deadline) {
    Instant patience = clock.instant().plus(LEASE).plusSeconds(1);
    Map<String, Long> before = null;
    while (true) {
      Instant now = clock.instant();
      OptionalLong fence = subscribers.acquire(runId, LEASE);
      if (fence.isPresent()) {
        return Optional.of(new Lease(fence.getAsLong(), now));
      }
      Map<String, Long> cursors = subscribers.cursors(runId);
      boolean moves = before != null && !before.equals(cursors);
      if (moves || cursors.isEmpty() || now.isAfter(patience) || !now.isBefore(deadline)) {
        return Optional.empty();
      }
      before = cursors;
      try {
        tasks.pause(LOOK_AT_HOLDER);
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
        return Optional.empty();
      }
    }
  }

  /** The lease is not left to run out: whoever is woken next goes on from the cursors. */
  private void abandon(String runId, long fence, RuntimeException why) {
    try {
      subscribers.abandon(runId, fence);
    } catch (RuntimeException e) {
      why.addSuppressed(e);
    }
  }

  /** How one message to one reader went. */
  private sealed interface Step {
    /** It has it; what comes next. */
    record Moved(long nextSeq) implements Step {}

    /** It could not go out now. */
    record Later(String why) implements Step {}

    /** There is no more to do for this reader, or somebody else does it. */
    record Done() implements Step {}
  }

  /**
   * How things stood at one moment.
   *
   * @param ended whether everything is in the archive, and nothing more will be published
   * @param batches the messages made since
   */
  private record Look(Run run, Broker.Buffer buffer, boolean ended, EventBatches batches) {}

  private final class Round {
    private final String runId;
    private final long fence;
    private final Instant deadline;
    private final Map<String, Instant> failingSince = new ConcurrentHashMap<>();
    private final Semaphore steps = new Semaphore(STEPS_AT_ONCE, true);
    private final LongAdder events = new LongAdder();
    private final LongAdder dropped = new LongAdder();

    /** Those who were told of an end, and not seen since: the index may still have them. */
    private final Set<String> told = ConcurrentHashMap.newKeySet();

    private Instant extended;
    private volatile Look look;

    /** Until then the lease is ours for certain. */
    private volatile Instant leaseUntil;

    /** A cursor did not move from where it was thought to be: perhaps the lease is lost. */
    private volatile boolean inDoubt;

    private volatile boolean stopped;

    private Round(String runId, Lease lease, Instant deadline) {
      this.runId = runId;
      this.fence = lease.fence();
      this.deadline = deadline;
      this.extended = lease.acquired();
      this.leaseUntil = extended.plus(LEASE);
    }

    private Sent serve() {
      try (TaskRunner.TaskGroup senders = tasks.newGroup()) {
        try {
          serve(senders);
        } finally {
          stopped = true; // each sender ends with the message that it is at
        }
      }
      return new Sent(events.sum(), dropped.sum());
    }

    private void serve(TaskRunner.TaskGroup senders) {
      int idleLooks = 0;
      boolean soughtAtEnd = false;
      while (true) {
        if (Thread.currentThread().isInterrupted()) {
          throw new IllegalStateException("the fan-out of run %s was interrupted".formatted(runId));
        }
        if (!clock.instant().isBefore(deadline)) {
          awaitAll(senders);
          subscribers.abandon(runId, fence);
          fanOutInvoker.wake(runId);
          return;
        }
        if (!keepsLease()) {
          stopped = true;
          awaitAll(senders);
          // Whoever has it now goes on. If nobody has, since Redis lost it, somebody must.
          subscribers.markLoss(runId);
          fanOutInvoker.wake(runId);
          return;
        }
        boolean first = look == null;
        look = look();
        Map<String, Long> cursors = subscribers.cursors(runId);
        told.removeAll(cursors.keySet());
        boolean started = startThoseBehind(cursors, senders);
        if (started || !senders.isIdle()) {
          idleLooks = 0;
          awaitOne(senders);
          continue;
        }
        // It was woken for somebody; and nobody wakes it again for a run that has ended.
        if ((first && cursors.isEmpty()) || (look.ended() && !soughtAtEnd)) {
          soughtAtEnd = look.ended();
          if (!lost().isEmpty()) {
            subscribers.markLoss(runId);
          }
        }
        if (subscribers.release(runId, fence)) {
          wakeForLateSubscriber();
          return;
        }
        OptionalLong loss = subscribers.loss(runId);
        if (loss.isPresent() && disconnectLost()) {
          subscribers.seenToLoss(runId, loss.getAsLong());
        } else if (++idleLooks > MAX_IDLE_LOOKS) {
          throw new IllegalStateException(
              loss.isPresent()
                  ? "run %s: connections that lost their cursors cannot be closed".formatted(runId)
                  : "run %s: its readers wait for what neither broker nor archive has"
                      .formatted(runId));
        } else if (idleLooks > 1) { // what came in between is seen by looking again at once
          awaitOne(senders);
        }
      }
    }

    /** Those who subscribe to the run and have no cursor any more, since Redis lost it. */
    private List<String> lost() {
      List<String> subscribed = connections.subscribers(runId);
      // The cursor is there before the subscription is.
      Set<String> known = subscribers.cursors(runId).keySet();
      return subscribed.stream()
          .filter(connectionId -> !known.contains(connectionId) && !told.contains(connectionId))
          .toList();
    }

    /**
     * Closes the connections of those whose cursors are lost: only they know where they were. So
     * they come again, and go on from there.
     *
     * @return whether all of them are
     */
    private boolean disconnectLost() {
      boolean all = true;
      for (String connectionId : lost()) {
        if (!goesOn() || !keepsLease()) {
          inDoubt = true;
          return false;
        }
        LOG.warn("run {}: connection {} is closed: its cursor was lost", runId, connectionId);
        all &= closed(connectionId);
      }
      return all;
    }

    /**
     * Whoever subscribed while the lease was held found it taken. The release itself sees that for
     * a run that the broker has; for one that only the archive has, it is looked for here.
     */
    private void wakeForLateSubscriber() {
      if (look.ended() && !subscribers.cursors(runId).isEmpty()) {
        fanOutInvoker.wake(runId);
      }
    }

    private boolean keepsLease() {
      Instant now = clock.instant();
      if (!inDoubt && Duration.between(extended, now).compareTo(EXTEND_EVERY) < 0) {
        return true;
      }
      inDoubt = false;
      if (!subscribers.extend(runId, fence, LEASE)) {
        return false;
      }
      extended = now;
      leaseUntil = now.plus(LEASE);
      return true;
    }

    private Look look() {
      Broker.Buffer buffer = broker.buffer(runId);
      boolean known = look != null && (buffer.open() || look.run().archived());
      Run run = known ? look.run() : catalog.find(runId).orElseThrow(() -> new UnknownRun(runId));
      boolean ended = run.archived() && !buffer.open();
      return new Look(run, buffer, ended, new EventBatches(run, ended, stores));
    }

    private boolean startThoseBehind(Map<String, Long> cursors, TaskRunner.TaskGroup senders) {
      boolean started = false;
      for (Map.Entry<String, Long> cursor : cursors.entrySet()) {
        boolean behind = look.ended() || cursor.getValue() <= look.buffer().lastSeq();
        if (behind) {
          started |=
              senders.start(cursor.getKey(), () -> deliver(cursor.getKey(), cursor.getValue()));
        }
      }
      return started;
    }

    /** Whether another message may be begun. */
    private boolean goesOn() {
      Instant now = clock.instant();
      return !stopped && now.isBefore(deadline) && now.isBefore(leaseUntil);
    }

    /** Sends a reader one message after the other, until there is no more to send now. */
    private void deliver(String connectionId, long from) {
      try {
        long cursor = from;
        int failed = 0;
        while (goesOn()) {
          switch (step(connectionId, cursor)) {
            case Step.Done() -> {
              return;
            }
            case Step.Moved(long nextSeq) -> {
              cursor = nextSeq;
              failed = 0;
              failingSince.remove(connectionId);
            }
            case Step.Later(String why) -> {
              if (isOutOfPatience(connectionId)) {
                drop(connectionId, cursor, why);
                return;
              }
              if (++failed == ATTEMPTS) {
                return; // it may have gone, or subscribed anew: that shows at the next look
              }
              tasks.pause(FIRST_BACKOFF.multipliedBy(1L << (failed - 1)));
            }
          }
        }
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
      } catch (RuntimeException e) {
        LOG.error("run {}: connection {} was not served", runId, connectionId, e);
      }
    }

    private Step step(String connectionId, long cursor) throws InterruptedException {
      steps.acquire();
      try {
        Look now = look;
        return switch (now.batches().from(cursor)) {
          case Batch.Nothing() -> new Step.Done();
          case Batch.Events(String message, long nextSeq) ->
              send(connectionId, cursor, message, () -> advance(connectionId, cursor, nextSeq));
          case Batch.Overflowed(long availableFrom) ->
              send(
                  connectionId,
                  cursor,
                  ServerMessages.overflow(runId, cursor, availableFrom),
                  () -> end(connectionId, cursor, true));
          case Batch.Ended() ->
              send(
                  connectionId,
                  cursor,
                  ServerMessages.closed(runId, now.run().status(), now.run().nEvents()),
                  () -> end(connectionId, cursor, false));
        };
      } catch (RuntimeException e) {
        if (failingSince.putIfAbsent(connectionId, clock.instant()) == null) {
          LOG.warn("run {}: connection {} is not served for now", runId, connectionId, e);
        }
        return new Step.Later("a store failed: " + e.getMessage());
      } finally {
        steps.release();
      }
    }

    private interface Noting {
      Step note();
    }

    private Step send(String connectionId, long cursor, String message, Noting delivered) {
      return switch (gateway.send(connectionId, message)) {
        case DELIVERED -> delivered.note();
        case LATER -> new Step.Later("it takes nothing");
        case GONE -> {
          subscribers.finish(runId, fence, connectionId, cursor, false);
          forget(connectionId);
          yield new Step.Done();
        }
        case REFUSED -> {
          drop(connectionId, cursor, "the gateway refuses what is sent to it");
          yield new Step.Done();
        }
      };
    }

    private Step advance(String connectionId, long cursor, long nextSeq) {
      if (subscribers.advance(runId, fence, connectionId, cursor, nextSeq)) {
        events.add(nextSeq - cursor);
        return new Step.Moved(nextSeq);
      }
      inDoubt = true;
      return new Step.Done();
    }

    private Step end(String connectionId, long cursor, boolean overflowed) {
      if (subscribers.finish(runId, fence, connectionId, cursor, overflowed)) {
        dropped.add(overflowed ? 1 : 0);
        told.add(connectionId);
        unsubscribe(connectionId);
      } else {
        inDoubt = true;
      }
      return new Step.Done();
    }

    /**
     * It has been told, and is not told twice. What fails here may still be done late, when the
     * connection has subscribed anew, and take that from it: so its connection is closed.
     */
    private void unsubscribe(String connectionId) {
      try {
        connections.unsubscribed(connectionId, runId);
        if (mayHaveCursor(connectionId)) {
          connections.subscribed(connectionId, runId); // it subscribed anew as soon as it was told
        }
      } catch (ConnectionsUnavailable e) {
        LOG.warn(
            "run {}: connection {} is closed: it may count as subscribed", runId, connectionId, e);
        closed(connectionId);
      }
    }

    private boolean mayHaveCursor(String connectionId) {
      try {
        return subscribers.cursor(runId, connectionId).isPresent();
      } catch (BrokerUnavailable _) {
        return true;
      }
    }

    private boolean isOutOfPatience(String connectionId) {
      Instant now = clock.instant();
      Instant since = failingSince.putIfAbsent(connectionId, now);
      return since != null && !now.isBefore(since.plus(PATIENCE));
    }

    /**
     * Gives a reader up whom nothing can be sent to: not even that. Its connection is closed, so
     * that it knows, comes again, and goes on from where it was.
     */
    private void drop(String connectionId, long cursor, String why) {
      LOG.warn("run {}: connection {} is closed: {}", runId, connectionId, why);
      if (subscribers.finish(runId, fence, connectionId, cursor, true)) {
        dropped.increment();
      }
      if (!closed(connectionId)) {
        subscribers.markLoss(runId); // it still subscribes, without a cursor: it is tried again
      }
    }

    /** Closes a connection. One that cannot be reached is not forgotten: it would hear nothing. */
    private boolean closed(String connectionId) {
      boolean closed = gateway.close(connectionId);
      if (closed) {
        forget(connectionId);
      }
      return closed;
    }

    private void forget(String connectionId) {
      Disconnection.forget(connectionId, connections, subscribers);
    }

    /** Waits a moment for a sender to end. */
    private void awaitOne(TaskRunner.TaskGroup senders) {
      try {
        senders.awaitOne(LOOK_EVERY);
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
      }
    }

    /** Waits for all senders: they look at the deadline themselves, and a message has time-outs. */
    private void awaitAll(TaskRunner.TaskGroup senders) {
      while (!senders.isIdle() && !Thread.currentThread().isInterrupted()) {
        awaitOne(senders);
      }
    }
  }
}
