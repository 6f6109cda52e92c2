package arena.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.broker.Broker;
import arena.broker.ConnectionId;
import arena.broker.Gap;
import arena.broker.Overflow;
import arena.broker.RedisBroker;
import arena.broker.RedisConnection;
import arena.broker.RedisKeys;
import arena.broker.RedisSettings;
import arena.broker.RedisSubscribers;
import arena.broker.Subscribers;
import arena.codec.EnvelopeCodec;
import arena.error.Dependency;
import arena.error.DependencyUnavailable;
import arena.metrics.Metrics;
import arena.run.RunId;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.args.ClientType;
import redis.clients.jedis.params.ClientKillParams;
import redis.clients.jedis.resps.StreamEntry;
import redis.clients.jedis.resps.StreamInfo;

class RedisBrokerTest extends BrokerContract {
  private static final ConnectionId READER = ConnectionId.of("reader");
  private static final RedisConnection CONNECTION = TestRedis.connection();

  private final Broker broker = new RedisBroker(CONNECTION, RedisKeys.plain(), Metrics.NONE);
  private final Subscribers subscribers = new RedisSubscribers(CONNECTION, RedisKeys.plain());
  private final RunId runId = RunId.of(UUID.randomUUID());
  private final String root = "arena:run:" + runId;

  @AfterAll
  static void close() {
    CONNECTION.close();
  }

  @Override
  Broker broker() {
    return broker;
  }

  @Override
  Subscribers subscribers() {
    return subscribers;
  }

  @Override
  void loseEverything() {
    TestRedis.flush();
  }

  @Override
  Runnable checkpoint() {
    return TestRedis.checkpoint();
  }

  @Test
  void supportsTheDocumentedOperatorCommands() {
    broker.open(runId, "demo \"1\"", SampleEvents.START);
    broker.publish(runId, SampleEvents.events(runId, 1, 3));
    try (Jedis redis = TestRedis.operator()) {
      assertTrue(redis.exists(root + ":open"));
      assertEquals(
          "{\"label\":\"demo \\\"1\\\"\",\"started_at\":\"2026-01-31T23:59:59.123456Z\"}",
          redis.get(root + ":open"));
      long ttl = redis.ttl(root + ":open");
      assertTrue(ttl > 21_590 && ttl <= 21_600, "ttl " + ttl);
      assertEquals("3", redis.get(root + ":seq"));
      assertEquals(3, redis.xlen(root + ":events"));
      StreamInfo info = redis.xinfoStream(root + ":events");
      assertEquals("3-0", info.getLastGeneratedId().toString());
      StreamEntry first = info.getFirstEntry();
      assertEquals("1-0", first.getID().toString());
      assertEquals(
          Map.of("envelope", EnvelopeCodec.write(SampleEvents.events(runId, 1, 1).getFirst())),
          first.getFields());
      broker.close(runId);
      assertFalse(redis.exists(root + ":open"));
      assertEquals(3, redis.xlen(root + ":events"));
    }
  }

  @Test
  void continuesAfterAnOperatorDeletesKeys() {
    broker.open(runId, "label", SampleEvents.START);
    broker.publish(runId, SampleEvents.events(runId, 1, 6));
    try (Jedis redis = TestRedis.operator()) {
      redis.del(root + ":events");
      assertEquals(7, assertThrows(Overflow.class, () -> read(3)).availableFrom());
      assertEquals(List.of(), read(7));
      refill(7);

      redis.del(root + ":seq");
      assertEquals(8, broker.publish(runId, SampleEvents.events(runId, 7, 8)).lastSeq());
      assertEquals(2, read(7).size());

      redis.del(root + ":open", root + ":seq", root + ":events");
      refill(9);
    }
  }

  /** Restores the run as after a loss, up to this event. */
  private void refill(long last) {
    assertEquals(1, broker.restore(runId, "label", SampleEvents.START, 1));
    assertEquals(last, broker.publish(runId, SampleEvents.events(runId, 1, last)).lastSeq());
    assertEquals(last, read(1).size());
  }

  private static Stream<Arguments> contradictions() {
    return Stream.of(
        Arguments.of(":seq", "set back", List.of("SET", ":seq", "3")),
        Arguments.of(":seq", "set forward", List.of("SET", ":seq", "99")),
        Arguments.of(":seq", "of another type", List.of("LPUSH", ":seq", "3")),
        Arguments.of(":events", "trimmed", List.of("XTRIM", ":events", "MAXLEN", "2")),
        Arguments.of(":events", "emptied", List.of("XTRIM", ":events", "MAXLEN", "0")),
        Arguments.of(":events", "without its last entry", List.of("XDEL", ":events", "6-0")),
        Arguments.of(":events", "deleted", List.of("DEL", ":events")),
        Arguments.of(":events", "of another type", List.of("SET", ":events", "3")),
        Arguments.of(":base", "of another type", List.of("LPUSH", ":base", "3")));
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("contradictions")
  void noticesAndRepairsContradictingKeys(String key, String how, List<String> command) {
    broker.open(runId, "label", SampleEvents.START);
    broker.publish(runId, SampleEvents.events(runId, 1, 6));
    String[] arguments = command.toArray(String[]::new);
    arguments[1] = root + arguments[1];
    try (Jedis redis = TestRedis.operator()) {
      redis.del(command.getFirst().equals("LPUSH") ? arguments[1] : root + ":none");
      redis.sendCommand(
          Protocol.Command.valueOf(arguments[0]),
          Arrays.copyOfRange(arguments, 1, arguments.length));
    }
    assertThrows(Gap.class, () -> broker.publish(runId, SampleEvents.events(runId, 7, 7)));
    refill(7);
  }

  @Test
  void acceptsEventsAfterARefillThatBeganLate() {
    broker.open(runId, "label", SampleEvents.START);
    assertEquals(50, broker.restore(runId, "label", SampleEvents.START, 50));
    broker.publish(runId, SampleEvents.events(runId, 50, 60));
    assertEquals(61, broker.restore(runId, "label", SampleEvents.START, 50));
    assertEquals(61, broker.publish(runId, SampleEvents.events(runId, 61, 61)).lastSeq());
    assertEquals(12, read(50).size());
  }

  @Test
  void listsOnlyKeysOfRuns() {
    try (Jedis redis = TestRedis.operator()) {
      List<String> others =
          List.of(
              "arena:run:" + runId,
              "arena:run:short:events",
              "other:run:" + runId + ":events",
              "arena:counter:" + runId);
      others.forEach(key -> redis.set(key, "1"));
      for (int i = 0; i < 3_000; i++) {
        redis.set("arena:run:" + RunId.of(UUID.randomUUID()) + ":seq", "1");
      }
      Set<RunId> found = new HashSet<>();
      int pages = 0;
      Optional<String> next = Optional.empty();
      do {
        Broker.Page page = broker.runs(next);
        found.addAll(page.runIds());
        next = page.next();
        pages++;
      } while (next.isPresent());
      assertTrue(found.size() >= 3_000);
      assertTrue(pages > 2, "in " + pages + " pages");
      assertFalse(found.contains(runId));
      redis.flushAll();
    }
  }

  @Test
  void expiresEveryKeyAndDeletesAllOnDrop() {
    broker.open(runId, "label", SampleEvents.START);
    broker.publish(runId, SampleEvents.events(runId, 1, 2));
    subscribers.put(runId, READER, 1);
    subscribers.acquire(runId, SubscribersContract.LONG);
    broker.close(runId);
    try (Jedis redis = TestRedis.operator()) {
      Set<String> remaining = redis.keys("*" + runId + "*");
      assertEquals(
          Set.of("seq", "events", "closed", "subscribers", "generation", "lease", "fence"),
          remaining.stream()
              .map(key -> key.substring(root.length() + 1))
              .collect(Collectors.toSet()));
      for (String key : remaining) {
        assertTrue(redis.ttl(key) > 0, key + " does not expire");
      }
      broker.drop(runId);
      assertEquals(
          Set.of(root + ":subscribers", root + ":generation", root + ":lease", root + ":fence"),
          redis.keys("*" + runId + "*"),
          "subscribers survive the drop");
      subscribers.remove(runId, READER);
      broker.drop(runId);
      assertEquals(Set.of(), redis.keys("*" + runId + "*"));
    }
  }

  @Test
  void reloadsScriptsAfterScriptFlush() {
    broker.open(runId, "label", SampleEvents.START);
    try (Jedis redis = TestRedis.operator()) {
      redis.scriptFlush();
    }
    broker.publish(runId, SampleEvents.events(runId, 1, 2));
    assertEquals(2, read(1).size());
  }

  @Test
  void replacesStaleConnections() {
    broker.open(runId, "label", SampleEvents.START);
    dropConnections();
    broker.publish(runId, SampleEvents.events(runId, 1, 2));
    dropConnections();
    subscribers.put(runId, READER, 1);
    dropConnections();
    assertTrue(subscribers.acquire(runId, SubscribersContract.LONG).isPresent());
    dropConnections();
    RunId other = RunId.of(UUID.randomUUID());
    broker.open(other, "label", SampleEvents.START);
    assertTrue(broker.buffer(other).open());
  }

  private static void dropConnections() {
    try (Jedis redis = TestRedis.operator()) {
      redis.clientKill(
          ClientKillParams.clientKillParams()
              .type(ClientType.NORMAL)
              .skipMe(ClientKillParams.SkipMe.YES));
    }
  }

  @Test
  void reportsUnreachableServerWithoutThePassword() {
    RedisSettings nowhere =
        new RedisSettings("127.0.0.1", TestRedis.freePort(), false, Optional.of("hunter2"));
    assertUnavailable(nowhere);
  }

  @Test
  void timesOutOnHangingServer() throws IOException {
    try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      assertUnavailable(
          new RedisSettings("127.0.0.1", silent.getLocalPort(), false, Optional.of("hunter2")));
    }
  }

  @Test
  void reportsWrongPasswordAsUnavailable() {
    assertUnavailable(
        new RedisSettings("127.0.0.1", TestRedis.server().port(), false, Optional.of("hunter2")));
    assertUnavailable(
        new RedisSettings("127.0.0.1", TestRedis.server().port(), false, Optional.empty()));
  }

  @Test
  void failsAtOnceAfterACallThatWasNotAnswered() throws IOException {
    AtomicLong nanoTime = new AtomicLong();
    Duration lookAtClock = Duration.ofMillis(300); // longer than a prompt failure
    try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        RedisConnection connection =
            new RedisConnection(
                new RedisSettings("127.0.0.1", silent.getLocalPort(), false, Optional.empty()),
                () -> nanoTime.addAndGet(lookAtClock.toNanos()))) {
      Broker hanging = new RedisBroker(connection, RedisKeys.plain(), Metrics.NONE);
      assertFalse(isKnownOutage(hanging));
      assertTrue(isKnownOutage(hanging), "not tried");
      nanoTime.addAndGet(Duration.ofSeconds(5).toNanos());
      assertFalse(isKnownOutage(hanging), "tried again after some seconds");
      assertTrue(isKnownOutage(hanging));
    }
  }

  private boolean isKnownOutage(Broker unreachable) {
    return assertThrows(DependencyUnavailable.class, () -> unreachable.buffer(runId))
        .getMessage()
        .contains("did not answer a moment ago");
  }

  @Test
  void refusesPlainTextWhenTlsIsRequired() {
    assertUnavailable(
        new RedisSettings("127.0.0.1", TestRedis.server().port(), true, Optional.of("hunter2")));
  }

  private void assertUnavailable(RedisSettings settings) {
    try (RedisConnection connection = new RedisConnection(settings)) {
      Broker unreachable = new RedisBroker(connection, RedisKeys.plain(), Metrics.NONE);
      Instant start = Instant.now();
      DependencyUnavailable failure =
          assertThrows(DependencyUnavailable.class, () -> unreachable.buffer(runId));
      assertEquals(Dependency.BROKER, failure.dependency());
      assertFalse(failure.getMessage().contains("hunter2"), failure.getMessage());
      assertTrue(
          failure.getMessage().contains(String.valueOf(settings.port())), failure.getMessage());
      Duration taken = Duration.between(start, Instant.now());
      assertTrue(taken.toSeconds() < 8, "took " + taken);
    }
  }

  private List<Broker.Envelope> read(long fromSeq) {
    return broker.read(runId, fromSeq, 100, Integer.MAX_VALUE);
  }
}
