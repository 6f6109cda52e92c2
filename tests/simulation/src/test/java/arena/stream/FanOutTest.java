package arena.stream;

import static arena.simulation.stores.ScriptedNetwork.once;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.archive.Archive;
import arena.broker.Broker;
import arena.broker.Subscribers;
import arena.catalog.Catalog;
import arena.codec.PayloadCodec;
import arena.codec.Utf8;
import arena.event.Event;
import arena.event.Payload;
import arena.journal.Journal;
import arena.journal.JournalEntry;
import arena.metrics.Metrics;
import arena.run.Run;
import arena.simulation.stores.Call;
import arena.simulation.stores.Observer;
import arena.simulation.stores.RunFixtures;
import arena.simulation.stores.ScriptedNetwork;
import arena.simulation.stores.SimulatedArchive;
import arena.simulation.stores.SimulatedBroker;
import arena.simulation.stores.SimulatedBucket;
import arena.simulation.stores.SimulatedCatalog;
import arena.simulation.stores.SimulatedConnections;
import arena.simulation.stores.SimulatedJournal;
import arena.simulation.stores.SimulatedRedis;
import arena.simulation.stores.SimulatedSubscribers;
import arena.simulation.stores.SimulatedTables;
import arena.simulation.stores.SteppingClock;
import arena.source.EventReader;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Behaviour of a fan-out under store and connection failures. */
@Timeout(30)
class FanOutTest {
  private static final String RUN = "0123456789abcdef0123456789abcdef";
  private static final Instant START = Instant.parse("2026-01-31T12:00:00Z");

  private final SteppingClock clock = new SteppingClock(START);
  private final ScriptedNetwork network = new ScriptedNetwork();
  private final SimulatedTables tables = new SimulatedTables(clock, network, Observer.NONE);
  private final Catalog catalog = new SimulatedCatalog(tables);
  private final Journal journal = new SimulatedJournal(tables);
  private final Archive archive =
      new SimulatedArchive(new SimulatedBucket(), network, Observer.NONE);
  private final SimulatedConnections connections = new SimulatedConnections(clock, network);
  private final Queue<String> woken = new ConcurrentLinkedQueue<>();
  private final Sockets sockets = new Sockets();
  private SimulatedRedis redis;
  private Broker broker;
  private Subscribers subscribers;
  private FanOutInvoker fanOutInvoker = woken::add;

  /** Records what each connection received; the behaviour of each is configurable. */
  private static final class Sockets implements ConnectionSender {
    private static final JsonMapper JSON = new JsonMapper();

    private final Map<String, Queue<JsonNode>> received = new ConcurrentHashMap<>();
    private final Map<String, Result> answers = new ConcurrentHashMap<>();
    private final Set<String> closed = ConcurrentHashMap.newKeySet();
    private final AtomicInteger attempts = new AtomicInteger();
    private final AtomicInteger largestMessage = new AtomicInteger();
    private final AtomicInteger failingCloses = new AtomicInteger();
    private Runnable beforeSend = () -> {};
    private Runnable beforeClose = () -> {};

    @Override
    public Result send(String connectionId, String message) {
      attempts.incrementAndGet();
      largestMessage.accumulateAndGet(Utf8.length(message), Math::max);
      beforeSend.run();
      if (closed.contains(connectionId)) {
        return Result.GONE;
      }
      Result answer = answers.getOrDefault(connectionId, Result.DELIVERED);
      if (answer == Result.DELIVERED) {
        try {
          received
              .computeIfAbsent(connectionId, _ -> new ConcurrentLinkedQueue<>())
              .add(JSON.readTree(message));
        } catch (java.io.IOException e) {
          throw new AssertionError(e);
        }
      }
      return answer;
    }

    @Override
    public boolean isGone(String connectionId) {
      return closed.contains(connectionId);
    }

    @Override
    public boolean close(String connectionId) {
      beforeClose.run();
      if (failingCloses.decrementAndGet() >= 0) {
        return false;
      }
      closed.add(connectionId);
      return true;
    }

    private List<Long> seqs(String connectionId) {
      List<Long> seqs = new ArrayList<>();
      for (JsonNode message : received.getOrDefault(connectionId, new ConcurrentLinkedQueue<>())) {
        message.path("events").forEach(event -> seqs.add(event.path("seq").asLong()));
      }
      return seqs;
    }

    private List<String> types(String connectionId) {
      return received.getOrDefault(connectionId, new ConcurrentLinkedQueue<>()).stream()
          .map(message -> message.path("type").asText())
          .toList();
    }
  }

  @BeforeEach
  void startRedis() {
    startRedis(clock, Broker.BUFFER_EVENTS);
  }

  /** Replaces the server by one with this clock and buffer size. */
  private void startRedis(InstantSource serverClock, int bufferEvents) {
    redis = new SimulatedRedis(serverClock, network, Observer.NONE, bufferEvents);
    broker = new SimulatedBroker(redis);
    subscribers = new SimulatedSubscribers(redis);
  }

  private FanOut fanOut() {
    return new FanOut(
        new FanOut.Stores(
            subscribers,
            broker,
            catalog,
            new EventReader(broker, journal, () -> archive),
            connections),
        sockets,
        fanOutInvoker,
        _ -> "https://example.com/",
        clock,
        new VirtualThreadTaskRunner(),
        Metrics.NONE);
  }

  private FanOut.Result serve(Instant deadline) {
    return fanOut().serve(new FanOutTask(RUN, START, deadline));
  }

  private static Event event(long seq) {
    return event(seq, 10);
  }

  private static Event event(long seq, int characters) {
    Payload payload = new Payload.LlmPrompt("x".repeat(characters));
    return new Event(
        RUN,
        seq,
        "agent",
        (int) seq,
        payload.kind(),
        PayloadCodec.write(payload),
        START,
        Event.SCHEMA_VERSION);
  }

  private void createRun(int events) {
    RunFixtures.begin(journal, RUN, 10, START);
    broker.open(RUN, "label", START);
    if (events > 0) {
      publish(1, events);
    }
  }

  private void publish(long first, long last) {
    List<Event> events = LongStream.rangeClosed(first, last).mapToObj(FanOutTest::event).toList();
    journal.append(new JournalEntry(RUN, first, events, Optional.empty()));
    for (int i = 0; i < events.size(); i += Broker.MAX_BATCH) {
      broker.publish(RUN, events.subList(i, Math.min(events.size(), i + Broker.MAX_BATCH)));
    }
  }

  private void finalizeRun() {
    Run run = catalog.find(RUN).orElseThrow();
    String address = archive.write(run, journal.events(RUN, 1, 1_000));
    catalog.markArchived(RUN, address, archive.summary(run), START);
    broker.close(RUN);
  }

  private void reader(String connectionId, long fromSeq) {
    connections.connect(connectionId, START);
    connections.subscribe(connectionId, RUN);
    subscribers.put(RUN, connectionId, fromSeq);
  }

  private static List<Long> range(long first, long last) {
    return LongStream.rangeClosed(first, last).boxed().toList();
  }

  private Instant farDeadline() {
    return START.plus(Duration.ofDays(1));
  }

  @Test
  void deliversPendingEventsToEveryReader() {
    createRun(20);
    reader("a", 1);
    reader("b", 15);
    reader("c", 21);
    FanOut.Result sent = serve(farDeadline());
    assertEquals(range(1, 20), sockets.seqs("a"));
    assertEquals(range(15, 20), sockets.seqs("b"));
    assertEquals(List.of(), sockets.seqs("c"));
    assertEquals(new FanOut.Result(26, 0), sent);
    assertFalse(redis.leased(RUN));
    finalizeRun();
    serve(farDeadline());
    for (String connection : List.of("a", "b", "c")) {
      assertEquals("closed", sockets.types(connection).getLast());
      assertEquals(Set.of(), connections.subscriptions(connection));
    }
    assertEquals(Map.of(), subscribers.cursors(RUN));
  }

  @Test
  void fitsSmallEventsIntoOneFrame() {
    createRun(1_000);
    reader("a", 1);
    serve(farDeadline());
    assertEquals(range(1, 1_000), sockets.seqs("a"));
    int largestMessage = sockets.largestMessage.get();
    assertTrue(
        largestMessage > 30 * 1024 && largestMessage <= 32 * 1024, largestMessage + " bytes");
  }

  @Test
  void sendsLargeEventAloneAndTooLargeEventByReference() {
    createRun(2);
    List<Event> large = List.of(event(3, 60 * 1024), event(4, 120 * 1024), event(5, 200 * 1024));
    journal.append(new JournalEntry(RUN, 3, large, Optional.empty()));
    broker.publish(RUN, large);
    publish(6, 7);
    reader("a", 1);
    serve(farDeadline());
    assertEquals(range(1, 7), sockets.seqs("a"));
    List<JsonNode> messages = List.copyOf(sockets.received.get("a"));
    assertEquals(
        List.of(2, 1, 1, 1, 2), messages.stream().map(one -> one.path("events").size()).toList());
    assertEquals(
        120 * 1024,
        messages.get(2).at("/events/0/payload/state_summary").asText().length(),
        "sent whole");
    assertEquals(
        "https://example.com/",
        messages.get(3).at("/events/0/payload_url").asText(),
        "sent by reference");
    assertTrue(sockets.largestMessage.get() <= 128 * 1024, sockets.largestMessage + " bytes");
  }

  @Test
  void closesOnlyTheReaderWhoseMessagesAreRefused() {
    createRun(20);
    reader("bad", 1);
    reader("good", 1);
    sockets.answers.put("bad", ConnectionSender.Result.REFUSED);
    FanOut.Result sent = serve(farDeadline());
    assertEquals(range(1, 20), sockets.seqs("good"));
    assertEquals(Set.of("bad"), sockets.closed);
    assertEquals(Set.of("good"), subscribers.cursors(RUN).keySet());
    assertEquals(new FanOut.Result(20, 1), sent);
    assertEquals(2, sockets.attempts.get(), "no retry after a refusal");
  }

  /** Gives Redis its own clock, so that leases do not expire when the test's clock jumps. */
  private void keepLeases() {
    startRedis(new SteppingClock(START), Broker.BUFFER_EVENTS);
  }

  @Test
  void closesReaderThatAcceptsNothing() {
    keepLeases();
    createRun(20);
    reader("stuck", 1);
    reader("good", 1);
    sockets.answers.put("stuck", ConnectionSender.Result.LATER);
    sockets.beforeSend = () -> clock.advance(Delivery.SEND_TIMEOUT.dividedBy(8));
    serve(farDeadline());
    assertEquals(range(1, 20), sockets.seqs("good"));
    assertEquals(Set.of("stuck"), sockets.closed);
    assertEquals(1, broker.counters().streamsDropped());
    assertFalse(redis.leased(RUN));
  }

  @Test
  void closesReaderOfUnreadableArchive() {
    keepLeases();
    createRun(20);
    finalizeRun();
    broker.drop(RUN);
    reader("a", 1);
    network.before(Call.ARCHIVE_EVENTS, _ -> clock.advance(Delivery.SEND_TIMEOUT.dividedBy(8)));
    network.cut(Call.ARCHIVE_EVENTS);
    serve(farDeadline());
    assertEquals(Set.of("a"), sockets.closed);
    assertEquals(Map.of(), subscribers.cursors(RUN));
  }

  @Test
  void deliversToFastReadersDespiteSlowReaders() {
    createRun(20);
    for (int i = 0; i < 200; i++) {
      reader("slow-" + i, 1);
      sockets.answers.put("slow-" + i, ConnectionSender.Result.LATER);
    }
    reader("quick", 1);
    // Before the slow readers are dropped and after the fast one has everything.
    Instant deadline = START.plus(Delivery.SEND_TIMEOUT.dividedBy(2));
    sockets.beforeSend =
        () -> {
          if (sockets.attempts.get() > 600) {
            clock.advance(Duration.ofSeconds(1));
          }
        };
    serve(deadline);
    assertEquals(range(1, 20), sockets.seqs("quick"));
    assertEquals(Set.of(), sockets.closed);
    assertEquals(List.of(RUN), List.copyOf(woken), "hands over");
    assertFalse(redis.leased(RUN));
  }

  @Test
  void stopsSendingAfterLosingTheLease() {
    createRun(20);
    for (int i = 0; i < 5; i++) {
      reader("reader-" + i, 1);
    }
    AtomicInteger taken = new AtomicInteger();
    sockets.beforeSend =
        () -> {
          if (taken.incrementAndGet() == 1) { // paused, as a frozen sandbox is
            clock.advance(FanOutLease.DURATION.plusSeconds(1));
            subscribers.acquire(RUN, Duration.ofDays(1)).orElseThrow();
          }
        };
    serve(farDeadline());
    assertTrue(sockets.attempts.get() <= 5, "send attempts: " + sockets.attempts.get() + "");
    assertEquals(Set.copyOf(range(1, 1)), new HashSet<>(subscribers.cursors(RUN).values()));
    assertTrue(redis.leased(RUN), "still held by the other fan-out");
  }

  @Test
  void waitsForTheLeaseOfADeadFanOut() {
    createRun(20);
    reader("a", 1);
    subscribers.acquire(RUN, FanOutLease.DURATION).orElseThrow(); // the holder dies
    finalizeRun();
    clock.step(Duration.ofSeconds(1));
    serve(farDeadline());
    assertEquals(range(1, 20), sockets.seqs("a"));
    assertEquals("closed", sockets.types("a").getLast());
  }

  @Test
  void stopsWaitingForALeaseThatIsNotReleased() {
    createRun(20);
    reader("a", 1);
    subscribers.acquire(RUN, Duration.ofDays(1)).orElseThrow();
    clock.step(Duration.ofSeconds(1));
    assertEquals(0, serve(farDeadline()).events());
    assertTrue(clock.instant().isBefore(START.plus(FanOutLease.DURATION.multipliedBy(5))));
  }

  @Test
  void doesNotWaitForAnActiveFanOut() {
    createRun(20);
    reader("a", 1);
    long fence = subscribers.acquire(RUN, Duration.ofDays(1)).orElseThrow();
    network.after(
        Call.SUBSCRIBERS_CURSORS,
        _ -> {
          long at = redis.cursors(RUN).get("a");
          assertTrue(subscribers.advance(RUN, fence, "a", at, at + 1));
        });
    // The clock does not advance, so a wait would never end.
    assertEquals(0, serve(farDeadline()).events());
  }

  /** Loses the broker's data and restores it as a publish does, which invokes a fan-out. */
  private void loseAndRestore() {
    redis.flush();
    broker.restore(RUN, "label", START, 1);
    assertTrue(broker.publish(RUN, journal.events(RUN, 1, 1_000)).wake());
  }

  @Test
  void disconnectsReadersWhoseCursorsAreLost() {
    createRun(20);
    reader("a", 1);
    reader("b", 1);
    serve(farDeadline());
    loseAndRestore();
    reader("new", 15);
    serve(farDeadline());
    assertEquals(Set.of("a", "b"), sockets.closed);
    assertEquals(range(15, 20), sockets.seqs("new"));
    assertEquals(List.of("new"), connections.subscribers(RUN));
    assertFalse(redis.leased(RUN));
    serve(farDeadline());
    assertEquals(Set.of("a", "b"), sockets.closed, "once");
  }

  @Test
  void retriesToCloseConnectionsOfLostReaders() {
    createRun(20);
    reader("a", 1);
    serve(farDeadline());
    sockets.failingCloses.set(2);
    loseAndRestore();
    serve(farDeadline());
    assertEquals(Set.of("a"), sockets.closed, "retried until closed");
    assertEquals(List.of(), connections.subscribers(RUN));
  }

  @Test
  void disconnectsLostReadersWhenTheRunEnds() {
    createRun(20);
    reader("a", 1);
    serve(farDeadline());
    redis.flush();
    finalizeRun();
    serve(farDeadline());
    assertEquals(Set.of("a"), sockets.closed);
    assertEquals(List.of(), connections.subscribers(RUN));
  }

  @Test
  void disconnectsLostReaderWhenTheRunEndsForAnotherReader() {
    createRun(20);
    reader("a", 1);
    serve(farDeadline());
    redis.flush();
    finalizeRun();
    reader("b", 15);
    serve(farDeadline());
    assertEquals("closed", sockets.types("b").getLast());
    assertEquals(Set.of("a"), sockets.closed);
  }

  @Test
  void keepsALossThatCannotBeHandledNow() {
    createRun(20);
    reader("a", 1);
    loseAndRestore();
    network.cut(Call.CONNECTIONS_SUBSCRIBERS);
    assertThrows(ConnectionsUnavailable.class, () -> serve(farDeadline()));
    network.restore(Call.CONNECTIONS_SUBSCRIBERS);
    reader("new", 20);
    serve(farDeadline());
    assertEquals(Set.of("a"), sockets.closed);
  }

  @Test
  void handlesALossAcrossTwoInvocations() {
    createRun(20);
    for (int i = 0; i < 10; i++) {
      reader("reader-" + i, 1);
    }
    loseAndRestore();
    sockets.beforeClose = () -> clock.advance(Duration.ofSeconds(1));
    serve(START.plusSeconds(5));
    assertEquals(5, sockets.closed.size());
    assertEquals(List.of(RUN), List.copyOf(woken), "hands over");
    reader("new", 21);
    serve(farDeadline());
    assertEquals(10, sockets.closed.size());
    assertFalse(sockets.closed.contains("new"));
  }

  @Test
  void keepsReadersConnectedWhenOnlyEventsAreLost() {
    createRun(20);
    reader("a", 5);
    broker.restore(RUN, "label", START, 21);
    serve(farDeadline());
    assertEquals(Set.of(), sockets.closed);
    assertEquals(range(5, 20), sockets.seqs("a"));
  }

  @Test
  void failsWhenTheHandoverFails() {
    createRun(20);
    reader("stuck", 1);
    sockets.answers.put("stuck", ConnectionSender.Result.LATER);
    sockets.beforeSend = () -> clock.advance(Duration.ofSeconds(20));
    fanOutInvoker =
        _ -> {
          throw new NotifierUnavailable("Lambda is unreachable", null);
        };
    assertThrows(NotifierUnavailable.class, () -> serve(START.plus(Duration.ofSeconds(10))));
    assertFalse(redis.leased(RUN));
  }

  @Test
  void sendsClosedOnceWhenTheSubscriptionCannotBeDeleted() {
    createRun(3);
    reader("a", 4);
    finalizeRun();
    network.cut(Call.CONNECTIONS_UNSUBSCRIBED);
    serve(farDeadline());
    assertEquals(List.of("closed"), sockets.types("a"));
    assertEquals(
        Set.of("a"), sockets.closed, "a late delete of the subscription could remove a new one");
  }

  @Test
  void reportsAndCountsOverflowOnce() {
    startRedis(clock, 11);
    createRun(20);
    reader("a", 3);
    FanOut.Result sent = serve(farDeadline());
    assertEquals(List.of("overflow"), sockets.types("a"));
    assertEquals(10, sockets.received.get("a").peek().path("available_from").asLong());
    assertEquals(new FanOut.Result(0, 1), sent);
    assertEquals(Set.of(), connections.subscriptions("a"));
  }

  @Test
  void keepsASubscriptionMadeRightAfterTheClosedMessage() {
    createRun(20);
    finalizeRun();
    List<String> subscribed = new ArrayList<>();
    network.before(Call.CONNECTIONS_SUBSCRIBED, subscribed::add);
    network.before(
        Call.CONNECTIONS_UNSUBSCRIBED, once(connectionId -> subscribers.put(RUN, connectionId, 5)));
    reader("a", 21);
    serve(farDeadline());
    assertEquals(List.of("closed", "events", "closed"), sockets.types("a"));
    assertEquals(List.of("a", "a"), subscribed);
    assertEquals(Set.of(), connections.subscriptions("a"));
  }
}
