package arena.stream;

import arena.broker.Broker;
import arena.broker.Overflow;
import arena.broker.Subscribers;
import arena.catalog.Catalog;
import arena.codec.EnvelopeCodec;
import arena.codec.Utf8;
import arena.event.Event;
import arena.run.Run;
import arena.run.UnknownRun;
import arena.source.EventSource;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * Sends every subscriber of one run what it has not had yet. One fan-out a run is at work: it holds
 * the run's lease, and every cursor moves under the lease's fencing number. Each subscriber is
 * served by a thread of its own, so a slow one holds up nobody.
 */
public final class FanOut {
  /**
   * Size that a message of several events stays under, in bytes: one WebSocket frame of API
   * Gateway.
   */
  static final int MESSAGE_BYTES = 32 * 1024 - 128;

  /**
   * Largest envelope that is sent as it is, in bytes; a larger one goes by reference. API Gateway's
   * messages are at most 128 KB, with what stands around the envelope.
   */
  static final int ENVELOPE_BYTES = 127 * 1024;

  private static final int MESSAGE_EVENTS = 500;
  private static final Duration LEASE = Duration.ofSeconds(10);
  private static final Duration EXTEND_EVERY = Duration.ofSeconds(3);
  private static final long LOOK_AT_HOLDER_MILLIS = 500;
  private static final int SENDERS = 64;
  private static final int SEND_ATTEMPTS = 6;
  private static final long FIRST_BACKOFF_MILLIS = 50;
  private static final long LOOK_EVERY_MILLIS = 20;

  private final Subscribers subscribers;
  private final Broker broker;
  private final Catalog catalog;
  private final EventSource source;
  private final Connections connections;
  private final Gateway gateway;
  private final Notifier notifier;
  private final PayloadLinks links;
  private final InstantSource clock;

  /** Sends with these. */
  public FanOut(
      Subscribers subscribers,
      Broker broker,
      Catalog catalog,
      EventSource source,
      Connections connections,
      Gateway gateway,
      Notifier notifier,
      PayloadLinks links,
      InstantSource clock) {
    this.subscribers = subscribers;
    this.broker = broker;
    this.catalog = catalog;
    this.source = source;
    this.connections = connections;
    this.gateway = gateway;
    this.notifier = notifier;
    this.links = links;
    this.clock = clock;
  }

  /** What a fan-out did. */
  public record Sent(long events, long streamsDropped) {
    private static final Sent NOTHING = new Sent(0, 0);
  }

  /**
   * Serves the run until nobody waits, or until the deadline, when it hands over to a new
   * invocation. Ends soon if another fan-out is at work.
   *
   * @throws UnknownRun if there is no such run
   */
  public Sent serve(String runId, Instant deadline) {
    OptionalLong fence = acquire(runId, deadline);
    if (fence.isEmpty()) {
      return Sent.NOTHING;
    }
    Round round = new Round(runId, fence.getAsLong(), deadline);
    try {
      return round.serve();
    } catch (RuntimeException e) {
      // The lease is not left to run out: whoever is woken next goes on from the cursors.
      subscribers.abandon(runId, fence.getAsLong());
      throw e;
    }
  }

  /**
   * Takes the lease; empty if another fan-out has it and is at work. One that has it may also have
   * died, and then no publish would wake anybody until it runs out, and after a run's last one
   * nobody ever. So as long as no cursor moves, this waits for that, which takes no longer than a
   * lease holds.
   */
  private OptionalLong acquire(String runId, Instant deadline) {
    Instant patience = clock.instant().plus(LEASE).plusSeconds(1);
    Map<String, Long> before = null;
    while (true) {
      OptionalLong fence = subscribers.acquire(runId, LEASE);
      if (fence.isPresent()) {
        return fence;
      }
      Map<String, Long> cursors = subscribers.cursors(runId);
      boolean moves = before != null && !before.equals(cursors);
      Instant now = clock.instant();
      if (moves || cursors.isEmpty() || now.isAfter(patience) || now.isAfter(deadline)) {
        return OptionalLong.empty();
      }
      before = cursors;
      try {
        TimeUnit.MILLISECONDS.sleep(LOOK_AT_HOLDER_MILLIS);
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
        return OptionalLong.empty();
      }
    }
  }

  /** What there is to send from some seq on. */
  private sealed interface Batch {
    record Events(String message, long nextSeq) implements Batch {}

    record Overflowed(long availableFrom) implements Batch {}

    record Ended() implements Batch {}

    record Nothing() implements Batch {}
  }

  private final class Round {
    private final String runId;
    private final long fence;
    private final Instant deadline;
    private final Map<Long, Batch> batches = new ConcurrentHashMap<>();
    private final LinkedBlockingQueue<String> finished = new LinkedBlockingQueue<>();
    private final Semaphore senders = new Semaphore(SENDERS);
    private final LongAdder events = new LongAdder();
    private final LongAdder dropped = new LongAdder();
    private volatile Run run;

    private Round(String runId, long fence, Instant deadline) {
      this.runId = runId;
      this.fence = fence;
      this.deadline = deadline;
    }

    private Sent serve() {
      try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
        Set<String> served = new HashSet<>();
        Instant extended = clock.instant();
        run = findRun();
        while (true) {
          Instant now = clock.instant();
          if (now.isAfter(deadline)) {
            awaitAll(served);
            subscribers.abandon(runId, fence);
            notifier.wake(runId);
            break;
          }
          if (Duration.between(extended, now).compareTo(EXTEND_EVERY) > 0) {
            if (!subscribers.extend(runId, fence, LEASE)) {
              awaitAll(served);
              break;
            }
            extended = now;
          }
          boolean started = startThoseBehind(threads, served);
          if (served.isEmpty() && !started) {
            if (!waitsForPublisher()) {
              if (subscribers.release(runId, fence)) {
                wakeForLateSubscriber();
                break;
              }
            } else {
              subscribers.abandon(runId, fence);
              // The end of the run may have come between the look and the letting go.
              if (findRun().status().ended()) {
                notifier.wake(runId);
              }
              break;
            }
          }
          awaitOne(served);
        }
      }
      return new Sent(events.sum(), dropped.sum());
    }

    private Run findRun() {
      return catalog.find(runId).orElseThrow(() -> new UnknownRun(runId));
    }

    /**
     * The broker does not have a run that still plays: nothing can be sent until it is filled
     * again.
     */
    private boolean waitsForPublisher() {
      return !run.status().ended() && !broker.buffer(runId).open();
    }

    /**
     * Whoever subscribed while the lease was held found it taken. The release itself sees that for
     * a run that the broker has; for one that only the archive has, it is looked for here.
     */
    private void wakeForLateSubscriber() {
      if (run.archived() && !subscribers.cursors(runId).isEmpty()) {
        notifier.wake(runId);
      }
    }

    private boolean startThoseBehind(ExecutorService threads, Set<String> served) {
      batches.clear();
      Broker.Buffer buffer = broker.buffer(runId);
      if (!buffer.open()) {
        run = findRun();
      }
      boolean ended = run.archived() && !buffer.open();
      boolean started = false;
      for (Map.Entry<String, Long> cursor : subscribers.cursors(runId).entrySet()) {
        boolean behind = ended || cursor.getValue() <= buffer.lastSeq();
        if (behind && served.add(cursor.getKey())) {
          started = true;
          threads.execute(() -> deliver(cursor.getKey(), cursor.getValue(), ended));
        }
      }
      return started;
    }

    private void deliver(String connectionId, long from, boolean ended) {
      try {
        senders.acquire();
        try {
          long cursor = from;
          while (clock.instant().isBefore(deadline)) {
            OptionalLong next = step(connectionId, cursor, ended);
            if (next.isEmpty()) {
              return;
            }
            cursor = next.getAsLong();
          }
        } finally {
          senders.release();
        }
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
      } finally {
        finished.add(connectionId);
      }
    }

    /**
     * Sends the next message; where the cursor is then, or empty when there is no more to send now.
     */
    private OptionalLong step(String connectionId, long cursor, boolean ended)
        throws InterruptedException {
      return switch (batches.computeIfAbsent(cursor, from -> batch(from, ended))) {
        case Batch.Nothing() -> OptionalLong.empty();
        case Batch.Events(String message, long nextSeq) -> {
          if (send(connectionId, cursor, message)
              && subscribers.advance(runId, fence, connectionId, cursor, nextSeq)) {
            events.add(nextSeq - cursor);
            yield OptionalLong.of(nextSeq);
          }
          yield OptionalLong.empty();
        }
        case Batch.Overflowed(long availableFrom) -> {
          if (send(connectionId, cursor, Messages.overflow(runId, cursor, availableFrom))) {
            end(connectionId, cursor, true);
            dropped.increment();
          }
          yield OptionalLong.empty();
        }
        case Batch.Ended() -> {
          if (send(connectionId, cursor, Messages.closed(runId, run.status(), run.nEvents()))) {
            end(connectionId, cursor, false);
          }
          yield OptionalLong.empty();
        }
      };
    }

    private void end(String connectionId, long cursor, boolean overflowed) {
      if (subscribers.finish(runId, fence, connectionId, cursor, overflowed)) {
        connections.unsubscribed(connectionId, runId);
      }
    }

    private Batch batch(long from, boolean ended) {
      List<Broker.Envelope> envelopes;
      try {
        envelopes = broker.read(runId, from, MESSAGE_EVENTS, MESSAGE_BYTES);
      } catch (Overflow overflow) {
        if (!ended) {
          return new Batch.Overflowed(overflow.availableFrom());
        }
        envelopes = List.of();
      }
      if (envelopes.isEmpty() && ended) {
        if (from > run.nEvents()) {
          return new Batch.Ended();
        }
        envelopes = source.archived(run, from, MESSAGE_EVENTS, MESSAGE_BYTES);
      }
      if (envelopes.isEmpty()) {
        return new Batch.Nothing();
      }
      long nextSeq = envelopes.getLast().seq() + 1;
      return new Batch.Events(Messages.events(runId, small(envelopes)), nextSeq);
    }

    /** A message that is too large holds one event alone; its payload is replaced by a link. */
    private List<Broker.Envelope> small(List<Broker.Envelope> envelopes) {
      Broker.Envelope only = envelopes.getFirst();
      if (envelopes.size() > 1 || Utf8.length(only.json()) <= ENVELOPE_BYTES) {
        return envelopes;
      }
      Event event = EnvelopeCodec.read(only.json());
      String reference = EnvelopeCodec.writeReference(event, links.link(event));
      return List.of(new Broker.Envelope(only.seq(), reference));
    }

    /**
     * Whether the message went out; one that cannot go now is tried again, by this or a later look.
     */
    private boolean send(String connectionId, long cursor, String message)
        throws InterruptedException {
      long backoff = FIRST_BACKOFF_MILLIS;
      for (int attempt = 0; attempt < SEND_ATTEMPTS; attempt++) {
        switch (gateway.send(connectionId, message)) {
          case DELIVERED -> {
            return true;
          }
          case GONE -> {
            subscribers.finish(runId, fence, connectionId, cursor, false);
            for (String other : connections.disconnected(connectionId)) {
              subscribers.remove(other, connectionId);
            }
            return false;
          }
          case LATER -> {
            TimeUnit.MILLISECONDS.sleep(backoff);
            backoff *= 2;
          }
        }
      }
      return false;
    }

    private void awaitOne(Set<String> served) {
      if (served.isEmpty()) {
        return;
      }
      try {
        String first = finished.poll(LOOK_EVERY_MILLIS, TimeUnit.MILLISECONDS);
        while (first != null) {
          served.remove(first);
          first = finished.poll();
        }
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
      }
    }

    /** Waits for all senders: they look at the deadline themselves, and a send has a time-out. */
    private void awaitAll(Set<String> served) {
      while (!served.isEmpty() && !Thread.currentThread().isInterrupted()) {
        awaitOne(served);
      }
    }
  }
}
