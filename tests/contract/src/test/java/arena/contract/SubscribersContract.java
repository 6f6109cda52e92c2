package arena.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.broker.Broker;
import arena.broker.ConnectionId;
import arena.broker.Subscribers;
import arena.broker.TooManyReaders;
import arena.run.RunId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** The contract of {@link Subscribers}; each implementation has a subclass. */
abstract class SubscribersContract {
  private static final ConnectionId B = ConnectionId.of("b=é");
  private static final ConnectionId A = ConnectionId.of("a");

  /** Longer than any test. */
  static final Duration LONG = Duration.ofMinutes(10);

  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  /** The broker that the subscribers read from. */
  abstract Broker broker();

  /** The subscribers under test. */
  abstract Subscribers subscribers();

  /** Deletes all data of the broker. */
  abstract void loseEverything();

  /** Takes a snapshot of the broker; running the result restores it in a new life of the server. */
  abstract Runnable checkpoint();

  private final RunId runId = RunId.of(UUID.randomUUID());

  @Test
  void keepsCursorsUntilRemoved() {
    assertEquals(Map.of(), subscribers().cursors(runId));
    subscribers().put(runId, A, 1);
    subscribers().put(runId, B, 7);
    subscribers().put(runId, A, 3);
    assertEquals(Map.of(A, 3L, B, 7L), subscribers().cursors(runId));
    assertEquals(OptionalLong.of(7), subscribers().cursor(runId, B));
    assertEquals(OptionalLong.empty(), subscribers().cursor(runId, ConnectionId.of("c")));
    assertTrue(subscribers().remove(runId, A));
    assertFalse(subscribers().remove(runId, A));
    assertEquals(Map.of(B, 7L), subscribers().cursors(runId));
    assertEquals(Map.of(), subscribers().cursors(RunId.of(UUID.randomUUID())));
  }

  @Test
  void limitsTheSubscribesOfAConnectionToARun() {
    ConnectionId connection = newConnection();
    for (int i = 0; i < Subscribers.MAX_ADMISSIONS_PER_RUN; i++) {
      assertEquals(
          Subscribers.Admission.ADMITTED, subscribers().admit(runId, connection), "subscribe " + i);
    }
    assertEquals(Subscribers.Admission.TOO_MANY_REQUESTS, subscribers().admit(runId, connection));
    assertEquals(
        Subscribers.Admission.ADMITTED,
        subscribers().admit(RunId.of(UUID.randomUUID()), connection));
    assertEquals(Subscribers.Admission.ADMITTED, subscribers().admit(runId, newConnection()));
  }

  @Test
  void limitsTheSubscribesOfAConnection() {
    ConnectionId connection = newConnection();
    for (int i = 0; i < Subscribers.MAX_ADMISSIONS; i++) {
      assertEquals(
          Subscribers.Admission.ADMITTED,
          subscribers().admit(RunId.of(UUID.randomUUID()), connection),
          "subscribe " + i);
    }
    assertEquals(
        Subscribers.Admission.TOO_MANY_REQUESTS,
        subscribers().admit(RunId.of(UUID.randomUUID()), connection));
    assertEquals(Subscribers.Admission.ADMITTED, subscribers().admit(runId, newConnection()));
  }

  private static ConnectionId newConnection() {
    return ConnectionId.of(UUID.randomUUID().toString());
  }

  @Test
  void grantsTheLeaseToOneHolder() {
    long first = subscribers().acquire(runId, LONG).orElseThrow();
    assertEquals(OptionalLong.empty(), subscribers().acquire(runId, LONG));
    assertTrue(subscribers().acquire(RunId.of(UUID.randomUUID()), LONG).isPresent());
    assertTrue(subscribers().release(runId, first, false));
    long second = subscribers().acquire(runId, LONG).orElseThrow();
    assertTrue(second > first);
    subscribers().abandon(runId, first);
    assertEquals(OptionalLong.empty(), subscribers().acquire(runId, LONG));
    subscribers().abandon(runId, second);
    assertTrue(subscribers().acquire(runId, LONG).orElseThrow() > second);
  }

  @Test
  void increasesTheFencingNumberAfterDataLoss() {
    long first = subscribers().acquire(runId, LONG).orElseThrow();
    loseEverything();
    assertTrue(subscribers().acquire(runId, LONG).orElseThrow() > first);
  }

  @Test
  void expiresTheLease() {
    long first = subscribers().acquire(runId, Duration.ofMillis(30)).orElseThrow();
    long second = awaitLease();
    assertTrue(second > first);
    assertFalse(subscribers().extend(runId, first, LONG));
    assertTrue(subscribers().release(runId, first, false), "already lost");
    assertTrue(
        subscribers().extend(runId, second, LONG), "the previous holder's release had no effect");
  }

  @Test
  void extendsTheLease() {
    long first = subscribers().acquire(runId, Duration.ofSeconds(5)).orElseThrow();
    assertTrue(subscribers().extend(runId, first, Duration.ofMillis(30)));
    assertTrue(awaitLease() > first, "shortened");
  }

  /** Returns the fencing number of a lease that is no longer held. */
  private long lostLease() {
    long lost = subscribers().acquire(runId, LONG).orElseThrow();
    subscribers().abandon(runId, lost);
    return lost;
  }

  @Test
  void advancesCursorOnlyForTheHolderAtTheExpectedPosition() {
    subscribers().put(runId, A, 1);
    long lost = lostLease();
    long fence = subscribers().acquire(runId, LONG).orElseThrow();
    assertFalse(subscribers().advance(runId, lost, A, 1, 5));
    assertFalse(subscribers().advance(runId, fence, A, 2, 5));
    assertFalse(subscribers().advance(runId, fence, ConnectionId.of("unknown"), 1, 5));
    assertEquals(Map.of(A, 1L), subscribers().cursors(runId));
    assertTrue(subscribers().advance(runId, fence, A, 1, 5));
    assertFalse(subscribers().advance(runId, fence, A, 1, 5));
    assertEquals(Map.of(A, 5L), subscribers().cursors(runId));
  }

  @Test
  void finishesReaderOnlyForTheHolderAtTheExpectedPosition() {
    subscribers().put(runId, A, 3);
    subscribers().put(runId, B, 3);
    long lost = lostLease();
    long fence = subscribers().acquire(runId, LONG).orElseThrow();
    assertFalse(subscribers().finish(runId, lost, A, 3));
    assertFalse(subscribers().finish(runId, fence, A, 2));
    assertEquals(2, subscribers().cursors(runId).size());
    assertTrue(subscribers().finish(runId, fence, A, 3));
    assertTrue(subscribers().finish(runId, fence, B, 3));
    assertFalse(subscribers().finish(runId, fence, A, 3));
    assertEquals(Map.of(), subscribers().cursors(runId));
  }

  @Test
  void evictsReaderOnlyForTheHolderAtTheExpectedPosition() {
    subscribers().put(runId, A, 3);
    long lost = lostLease();
    long fence = subscribers().acquire(runId, LONG).orElseThrow();
    assertFalse(subscribers().evict(runId, lost, A, 3));
    assertFalse(subscribers().evict(runId, fence, A, 2));
    assertTrue(subscribers().evict(runId, fence, A, 3));
    assertFalse(subscribers().evict(runId, fence, A, 3));
    assertEquals(OptionalLong.empty(), subscribers().endedAt(runId, A), "its stream has not ended");
  }

  @Test
  void notesWhereTheStreamOfTheLastPutEnded() {
    subscribers().put(runId, A, 3);
    subscribers().put(runId, B, 3);
    long fence = subscribers().acquire(runId, LONG).orElseThrow();
    assertTrue(subscribers().finish(runId, fence, A, 3));
    assertEquals(OptionalLong.of(3), subscribers().endedAt(runId, A));
    assertEquals(OptionalLong.empty(), subscribers().endedAt(runId, B));
    assertEquals(OptionalLong.empty(), subscribers().endedAt(RunId.of(UUID.randomUUID()), A));
    subscribers().put(runId, A, 1);
    assertEquals(OptionalLong.empty(), subscribers().endedAt(runId, A));
  }

  @Test
  void doesNotTakeALostCursorForAnEarlierEnd() {
    subscribers().put(runId, A, 3);
    subscribers().put(runId, B, 3);
    long fence = subscribers().acquire(runId, LONG).orElseThrow();
    assertTrue(subscribers().finish(runId, fence, A, 3));
    Runnable restore = checkpoint();
    subscribers().put(runId, A, 1);
    restore.run();
    assertEquals(OptionalLong.empty(), subscribers().cursor(runId, A));
    assertEquals(OptionalLong.empty(), subscribers().endedAt(runId, A));
  }

  @Test
  void keepsTheLeaseWhileEventsArePending() {
    broker().open(runId, "label", SampleEvents.START);
    broker().publish(runId, SampleEvents.events(runId, 1, 3));
    long fence = subscribers().acquire(runId, LONG).orElseThrow();
    subscribers().put(runId, A, 1);
    assertFalse(subscribers().release(runId, fence, false), "a put under the lease");
    assertTrue(subscribers().advance(runId, fence, A, 1, 4));
    broker().publish(runId, SampleEvents.events(runId, 4, 4));
    assertFalse(subscribers().release(runId, fence, false), "a publish under the lease");
    assertTrue(subscribers().advance(runId, fence, A, 4, 5));
    assertTrue(subscribers().release(runId, fence, false));
    assertTrue(subscribers().acquire(runId, LONG).isPresent());
  }

  @Test
  void keepsTheLeaseUntilReadersAreFinishedAfterClose() {
    broker().open(runId, "label", SampleEvents.START);
    subscribers().put(runId, A, 1);
    long fence = subscribers().acquire(runId, LONG).orElseThrow();
    broker().close(runId);
    assertFalse(subscribers().release(runId, fence, false));
    assertTrue(subscribers().finish(runId, fence, A, 1));
    assertTrue(subscribers().release(runId, fence, false));
  }

  @Test
  void keepsTheLeaseUntilALossIsHandled() {
    broker().open(runId, "label", SampleEvents.START);
    assertEquals(OptionalLong.empty(), loss());
    loseEverything();
    broker().restore(runId, "label", SampleEvents.START, 1);
    assertTrue(
        broker().publish(runId, SampleEvents.events(runId, 1, 3)).wake(),
        "although no cursor remains");
    long fence = subscribers().acquire(runId, LONG).orElseThrow();
    assertFalse(subscribers().release(runId, fence, false));
    long first = loss().orElseThrow();
    subscribers().markLoss(runId);
    long second = loss().orElseThrow();
    assertTrue(second > first);
    subscribers().clearLoss(runId, first);
    assertFalse(subscribers().release(runId, fence, false), "a later loss is pending");
    subscribers().clearLoss(runId, second);
    subscribers().clearLoss(runId, second);
    assertEquals(OptionalLong.empty(), loss());
    assertTrue(subscribers().release(runId, fence, false));
    assertFalse(broker().publish(runId, SampleEvents.events(runId, 4, 4)).wake());
  }

  @Test
  void releasesTheLeaseOfRunThatIsNotOpen() {
    subscribers().put(runId, ConnectionId.of("early"), 1);
    long fence = subscribers().acquire(runId, LONG).orElseThrow();
    assertTrue(subscribers().release(runId, fence, false));
  }

  private static final Subscribers.LookQuery ALL =
      new Subscribers.LookQuery(true, 0, 0, Subscribers.MAX_READERS);

  private static Subscribers.LookQuery behind(int served, int skip, int limit) {
    return new Subscribers.LookQuery(false, served, skip, limit);
  }

  private OptionalLong loss() {
    return subscribers().look(runId, ALL).loss();
  }

  @Test
  void looksAtReadersThatAreBehind() {
    Subscribers.Look empty = subscribers().look(runId, behind(0, 0, 10));
    assertEquals(
        new Subscribers.Look(false, false, 0, OptionalLong.empty(), 0, 0, List.of()), empty);
    broker().open(runId, "label", SampleEvents.START);
    broker().publish(runId, SampleEvents.events(runId, 1, 5));
    subscribers().put(runId, A, 2);
    subscribers().put(runId, B, 5);
    subscribers().put(runId, ConnectionId.of("c"), 6);
    Subscribers.Reader a = new Subscribers.Reader(A, 2);
    Subscribers.Reader b = new Subscribers.Reader(B, 5);
    assertEquals(
        new Subscribers.Look(true, false, 5, OptionalLong.empty(), 3, 2, List.of(b, a)),
        subscribers().look(runId, behind(0, 0, 10)));
    assertEquals(List.of(b), subscribers().look(runId, behind(0, 0, 1)).found());
    assertEquals(List.of(a), subscribers().look(runId, behind(0, 1, 1)).found());
    assertEquals(List.of(), subscribers().look(runId, behind(0, 2, 1)).found());
    assertEquals(List.of(b, a), subscribers().look(runId, behind(1, 0, 10)).found());
    Subscribers.Look served = subscribers().look(runId, behind(2, 0, 10));
    assertEquals(List.of(), served.found(), "no more are behind than are served");
    assertEquals(2, served.behind());
    broker().close(runId);
    subscribers().markLoss(runId);
    Subscribers.Look end = subscribers().look(runId, ALL);
    assertEquals(3, end.found().size(), "after the end every reader is behind");
    assertFalse(end.open());
    assertTrue(end.closed());
    assertEquals(loss(), end.loss());
  }

  @Test
  void reportsTheStateOfTheLease() {
    assertEquals(new Subscribers.Holder(0, false), subscribers().holder(runId));
    long fence = subscribers().acquire(runId, Duration.ofMinutes(1)).orElseThrow();
    Subscribers.Holder acquired = subscribers().holder(runId);
    assertTrue(acquired.heldUntil() > 0);
    assertFalse(acquired.work());
    subscribers().put(runId, A, 1);
    assertTrue(subscribers().holder(runId).work());
    subscribers().remove(runId, A);
    subscribers().markLoss(runId);
    assertTrue(subscribers().holder(runId).work(), "a loss");
    assertTrue(subscribers().extend(runId, fence, Duration.ofMinutes(2)));
    assertTrue(subscribers().holder(runId).heldUntil() > acquired.heldUntil() + 30_000);
  }

  @Test
  void acceptsWritesWhenAvailable() {
    assertTrue(subscribers().available());
  }

  @Test
  void adoptsReadersUnderTheLease() {
    long fence = subscribers().acquire(runId, LONG).orElseThrow();
    assertFalse(subscribers().adopt(runId, fence - 1, A, 3));
    assertEquals(Map.of(), subscribers().cursors(runId));
    assertTrue(subscribers().adopt(runId, fence, A, 3));
    assertTrue(subscribers().adopt(runId, fence, A, 7));
    assertEquals(Map.of(A, 3L), subscribers().cursors(runId), "a lower cursor leaves no gap");
    assertTrue(subscribers().adopt(runId, fence, A, 2));
    assertEquals(Map.of(A, 2L), subscribers().cursors(runId));
    assertFalse(subscribers().advance(runId, fence, A, 3, 4), "the cursor was moved");
  }

  /** The four calls that turn stored cursors into positions to send from, or add one. */
  private List<Runnable> callsThatUseCursors() {
    return List.of(
        () -> subscribers().put(runId, B, 9),
        () -> subscribers().acquire(runId, LONG),
        () -> subscribers().look(runId, ALL),
        () -> subscribers().adopt(runId, 1, B, 9));
  }

  @Test
  void forgetsCursorsOfAnEarlierLifeOfTheServer() {
    for (Runnable call : callsThatUseCursors()) {
      subscribers().put(runId, A, 1);
      long fence = subscribers().acquire(runId, LONG).orElseThrow();
      Runnable restore = checkpoint();
      assertTrue(subscribers().advance(runId, fence, A, 1, 5));
      loss().ifPresent(loss -> subscribers().clearLoss(runId, loss));
      restore.run();
      assertEquals(OptionalLong.of(1), subscribers().cursor(runId, A), "moved back");
      call.run();
      assertEquals(OptionalLong.empty(), subscribers().cursor(runId, A));
      assertTrue(loss().isPresent());
      assertFalse(subscribers().extend(runId, fence, LONG), "the lease of that life is lost");
      Map<ConnectionId, Long> later = subscribers().cursors(runId);
      subscribers().look(runId, ALL);
      assertEquals(later, subscribers().cursors(runId), "later cursors stay");
      loseEverything();
    }
  }

  @Test
  void limitsReadersPerRun() {
    for (int i = 0; i < Subscribers.MAX_READERS; i++) {
      subscribers().put(runId, ConnectionId.of("reader-" + i), 1);
    }
    assertThrows(
        TooManyReaders.class, () -> subscribers().put(runId, ConnectionId.of("one too many"), 1));
    subscribers().put(runId, ConnectionId.of("reader-0"), 2);
    assertEquals(Subscribers.MAX_READERS, subscribers().cursors(runId).size());
    long fence = subscribers().acquire(runId, LONG).orElseThrow();
    assertThrows(
        TooManyReaders.class,
        () -> subscribers().adopt(runId, fence, ConnectionId.of("one too many"), 1));
    assertTrue(subscribers().adopt(runId, fence, ConnectionId.of("reader-1"), 1));
  }

  @Test
  void keepsTheLeaseOfAnEndedRunWithReaders() {
    subscribers().put(runId, A, 1);
    long fence = subscribers().acquire(runId, LONG).orElseThrow();
    assertFalse(subscribers().release(runId, fence, true), "a reader that subscribed late");
    assertTrue(subscribers().finish(runId, fence, A, 1));
    assertTrue(subscribers().release(runId, fence, true));
  }

  @Test
  void grantsTheLeaseToOneOfManyConcurrentCallers() throws Exception {
    try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
      for (int round = 0; round < 20; round++) {
        List<Callable<OptionalLong>> attempts = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
          attempts.add(() -> subscribers().acquire(runId, LONG));
        }
        List<Long> won = new ArrayList<>();
        for (Future<OptionalLong> attempt : threads.invokeAll(attempts)) {
          attempt.get().ifPresent(won::add);
        }
        assertEquals(1, won.size());
        assertTrue(subscribers().release(runId, won.getFirst(), false));
      }
    }
  }

  /**
   * Runs a publisher, new readers and fan-outs that lose their lease concurrently. Every reader
   * receives every event from its first one on, once and in order; only a publish or a put invokes
   * a fan-out.
   */
  @Test
  void deliversEveryEventOnceUnderConcurrency() throws Exception {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    int total = 400;
    Map<ConnectionId, Long> starts = new HashMap<>();
    for (int i = 0; i < 12; i++) {
      starts.put(ConnectionId.of("reader-" + i), 1L + random.nextInt(20));
    }
    broker().open(runId, "label", SampleEvents.START);
    try (ExecutorService threads = Executors.newFixedThreadPool(6)) {
      FanOuts fanOuts = new FanOuts(threads, seed, total, starts);
      Future<?> publisher = threads.submit(() -> publish(total, new Random(seed), fanOuts));
      starts.forEach(
          (reader, from) -> {
            subscribers().put(runId, reader, from);
            fanOuts.wake();
          });
      publisher.get();
      boolean all = fanOuts.pending.await(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
      assertEquals(List.of(), List.copyOf(fanOuts.failures), "seed " + seed);
      assertTrue(
          all,
          () ->
              String.format(
                  Locale.ROOT, "seed %d: cursors %s", seed, subscribers().cursors(runId)));
      fanOuts.received.forEach(
          (reader, seqs) ->
              assertEquals(
                  LongStream.rangeClosed(starts.get(reader), total).boxed().toList(),
                  List.copyOf(seqs),
                  "seed " + seed + ", " + reader));
    }
  }

  private void publish(int total, Random random, FanOuts fanOuts) {
    long last = 0;
    while (last < total) {
      long to = Math.min(total, last + 1 + random.nextInt(8));
      if (broker().publish(runId, SampleEvents.events(runId, last + 1, to)).wake()) {
        fanOuts.wake();
      }
      last = to;
    }
  }

  /** Runs each invoked fan-out in its own thread. */
  private final class FanOuts {
    private final ExecutorService threads;
    private final long seed;
    private final AtomicInteger calls = new AtomicInteger();
    final Map<ConnectionId, Queue<Long>> received = new ConcurrentHashMap<>();
    final Queue<RuntimeException> failures = new ConcurrentLinkedQueue<>();
    final CountDownLatch pending;

    private FanOuts(ExecutorService threads, long seed, int total, Map<ConnectionId, Long> starts) {
      this.threads = threads;
      this.seed = seed;
      starts.keySet().forEach(reader -> received.put(reader, new ConcurrentLinkedQueue<>()));
      long expected = starts.values().stream().mapToLong(from -> total - from + 1).sum();
      this.pending = new CountDownLatch(Math.toIntExact(expected));
    }

    void wake() {
      try {
        threads.execute(this::fanOut);
      } catch (RejectedExecutionException e) {
        // the test is over
      }
    }

    private void fanOut() {
      Random random = new Random(seed + calls.incrementAndGet());
      try {
        OptionalLong taken = subscribers().acquire(runId, LONG);
        if (taken.isEmpty()) {
          return;
        }
        long fence = taken.getAsLong();
        do {
          for (Map.Entry<ConnectionId, Long> cursor : subscribers().cursors(runId).entrySet()) {
            if (random.nextInt(10) == 0) {
              // Loses the lease and continues unaware; its later calls have no effect.
              subscribers().abandon(runId, fence);
              wake();
            }
            send(fence, cursor.getKey(), cursor.getValue(), 1 + random.nextInt(10));
          }
        } while (!subscribers().release(runId, fence, false));
      } catch (RuntimeException e) {
        failures.add(e);
      }
    }

    private void send(long fence, ConnectionId reader, long from, int maxEvents) {
      List<Broker.Envelope> envelopes = broker().read(runId, from, maxEvents, Integer.MAX_VALUE);
      if (envelopes.isEmpty()) {
        return;
      }
      long next = envelopes.getLast().seq() + 1;
      // The next holder may advance the same cursor at once; its events must be recorded after
      // these.
      synchronized (received.get(reader)) {
        if (subscribers().advance(runId, fence, reader, from, next)) {
          for (Broker.Envelope envelope : envelopes) {
            received.get(reader).add(envelope.seq());
            pending.countDown();
          }
        }
      }
    }
  }

  private long awaitLease() {
    Instant limit = Instant.now().plus(TIMEOUT);
    while (Instant.now().isBefore(limit)) {
      OptionalLong fence = subscribers().acquire(runId, LONG);
      if (fence.isPresent()) {
        return fence.getAsLong();
      }
    }
    throw new AssertionError("the lease did not expire within " + TIMEOUT);
  }
}
