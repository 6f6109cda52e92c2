package arena.stream;

import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.access.ActiveTokens;
import arena.access.Principal;
import arena.archive.Archive;
import arena.broker.Broker;
import arena.broker.ConnectionId;
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
import arena.run.RunId;
import arena.simulation.stores.Observer;
import arena.simulation.stores.RunFixtures;
import arena.simulation.stores.ScriptedNetwork;
import arena.simulation.stores.SimulatedAccess;
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
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;

/** A fan-out over simulated stores, with connections whose behaviour a test configures. */
abstract class FanOutFixture {
  static final RunId RUN = RunId.of("0123456789abcdef0123456789abcdef");
  static final Instant START = Instant.parse("2026-01-31T12:00:00Z");

  final SteppingClock clock = new SteppingClock(START);
  final ScriptedNetwork network = new ScriptedNetwork();
  final SimulatedTables tables = new SimulatedTables(clock, network, Observer.NONE);
  final Catalog catalog = new SimulatedCatalog(tables);
  final Journal journal = new SimulatedJournal(tables);
  final Archive archive = new SimulatedArchive(new SimulatedBucket(), network, Observer.NONE);
  final SimulatedConnections connections = new SimulatedConnections(clock, network);
  final Queue<RunId> woken = new ConcurrentLinkedQueue<>();
  final Sockets sockets = new Sockets();
  SimulatedRedis redis;
  Broker broker;
  Subscribers subscribers;
  FanOutInvoker fanOutInvoker = woken::add;

  /** Records what each connection received; the behaviour of each is configurable. */
  static final class Sockets implements ConnectionSender {
    private static final JsonMapper JSON = new JsonMapper();

    final Map<ConnectionId, Queue<JsonNode>> received = new ConcurrentHashMap<>();
    final Map<ConnectionId, Result> answers = new ConcurrentHashMap<>();
    final Set<ConnectionId> closed = ConcurrentHashMap.newKeySet();
    final AtomicInteger attempts = new AtomicInteger();
    final AtomicInteger largestMessage = new AtomicInteger();
    final AtomicInteger failingCloses = new AtomicInteger();
    Runnable beforeSend = () -> {};
    Runnable beforeClose = () -> {};

    @Override
    public Result send(ConnectionId connectionId, String message) {
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
    public boolean isGone(ConnectionId connectionId) {
      return closed.contains(connectionId);
    }

    @Override
    public boolean close(ConnectionId connectionId) {
      beforeClose.run();
      if (failingCloses.decrementAndGet() >= 0) {
        return false;
      }
      closed.add(connectionId);
      return true;
    }

    List<Long> seqs(ConnectionId connectionId) {
      List<Long> seqs = new ArrayList<>();
      for (JsonNode message : received.getOrDefault(connectionId, new ConcurrentLinkedQueue<>())) {
        message.path("events").forEach(event -> seqs.add(event.path("seq").asLong()));
      }
      return seqs;
    }

    List<String> types(ConnectionId connectionId) {
      return received.getOrDefault(connectionId, new ConcurrentLinkedQueue<>()).stream()
          .map(message -> message.path("type").asText())
          .toList();
    }
  }

  /** The tokens of connections that are not local ones. */
  final SimulatedAccess access = new SimulatedAccess();

  @BeforeEach
  void startRedis() {
    startRedis(clock, Broker.BUFFER_EVENTS);
  }

  /** Replaces the server by one with this clock and buffer size. */
  void startRedis(InstantSource serverClock, int bufferEvents) {
    redis = new SimulatedRedis(serverClock, network, Observer.NONE, bufferEvents);
    broker = new SimulatedBroker(redis);
    subscribers = new SimulatedSubscribers(redis);
  }

  FanOut fanOut() {
    return new FanOut(
        new FanOut.Stores(
            subscribers,
            broker,
            catalog,
            new EventReader(broker, journal, () -> archive),
            connections,
            new ConnectionAccess(connections, new ActiveTokens(access, clock))),
        sockets,
        fanOutInvoker,
        _ -> "https://example.com/",
        clock,
        new VirtualThreadTaskRunner(),
        Metrics.NONE);
  }

  FanOut.Result serve(Instant deadline) {
    return fanOut().serve(new FanOutTask(RUN, START, deadline, false));
  }

  static Event event(long seq) {
    return event(seq, 10);
  }

  static Event event(long seq, int characters) {
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

  void createRun(int events) {
    RunFixtures.begin(journal, RUN, 10, START);
    broker.open(RUN, "label", START);
    if (events > 0) {
      publish(1, events);
    }
  }

  void publish(long first, long last) {
    List<Event> events = LongStream.rangeClosed(first, last).mapToObj(FanOutTest::event).toList();
    journal.append(new JournalEntry(RUN, first, events, Optional.empty()));
    for (int i = 0; i < events.size(); i += Broker.MAX_BATCH) {
      broker.publish(RUN, events.subList(i, Math.min(events.size(), i + Broker.MAX_BATCH)));
    }
  }

  void finalizeRun() {
    Run run = catalog.find(RUN).orElseThrow();
    String address = archive.write(run, journal.events(RUN, 1, 1_000));
    catalog.markArchived(RUN, address, archive.summary(run), START);
    broker.close(RUN);
  }

  void reader(ConnectionId connectionId, long fromSeq) {
    connections.connect(connectionId, Principal.LOCAL, START);
    connections.subscribe(RUN, connectionId);
    subscribers.put(RUN, connectionId, fromSeq);
  }

  /** Subscribes as while the broker is unavailable. */
  void pendingReader(ConnectionId connectionId, long fromSeq) {
    connections.connect(connectionId, Principal.LOCAL, START);
    connections.subscribePending(RUN, connectionId, fromSeq);
  }

  /** Makes {@code subscribers} add up how many readers its looks find. */
  LongAdder countFound() {
    LongAdder found = new LongAdder();
    Subscribers counted = subscribers;
    subscribers =
        (Subscribers)
            Proxy.newProxyInstance(
                Subscribers.class.getClassLoader(),
                new Class<?>[] {Subscribers.class},
                (_, method, arguments) -> {
                  try {
                    Object answer = method.invoke(counted, arguments);
                    if (answer instanceof Subscribers.Look look) {
                      found.add(look.found().size());
                    }
                    return answer;
                  } catch (InvocationTargetException e) {
                    throw e.getCause();
                  }
                });
    return found;
  }

  static List<Long> range(long first, long last) {
    return LongStream.rangeClosed(first, last).boxed().toList();
  }

  /** Serves as when woken for pending subscriptions. */
  FanOut.Result servePending() {
    return fanOut().serve(new FanOutTask(RUN, START, farDeadline(), true));
  }

  Instant farDeadline() {
    return START.plus(Duration.ofDays(1));
  }

  /** Gives Redis its own clock, so that leases do not expire when the test's clock jumps. */
  void keepLeases() {
    startRedis(new SteppingClock(START), Broker.BUFFER_EVENTS);
  }

  /** Loses the broker's data and restores it as a publish does, which invokes a fan-out. */
  void loseAndRestore() {
    redis.flush();
    broker.restore(RUN, "label", START, 1);
    assertTrue(broker.publish(RUN, journal.events(RUN, 1, 1_000)).wake());
  }
}
