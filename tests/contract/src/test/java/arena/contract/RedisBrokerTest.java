package arena.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.broker.Broker;
import arena.broker.ConnectionId;
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
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;
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
      assertEquals(7, broker.publish(runId, SampleEvents.events(runId, 5, 7)).lastSeq());
      assertEquals(7, assertThrows(Overflow.class, () -> read(6)).availableFrom());

      redis.del(root + ":seq");
      assertEquals(8, broker.publish(runId, SampleEvents.events(runId, 7, 8)).lastSeq());
      assertEquals(2, read(7).size());

      redis.del(root + ":open", root + ":seq", root + ":events");
      assertEquals(1, broker.restore(runId, "label", SampleEvents.START, 1));
      broker.publish(runId, SampleEvents.events(runId, 1, 9));
      assertEquals(9, read(1).size());
    }
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
          Set.of("seq", "events", "closed", "subscribers", "lease", "fence"),
          remaining.stream()
              .map(key -> key.substring(root.length() + 1))
              .collect(Collectors.toSet()));
      for (String key : remaining) {
        assertTrue(redis.ttl(key) > 0, key + " does not expire");
      }
      broker.drop(runId);
      assertEquals(
          Set.of(root + ":subscribers", root + ":lease", root + ":fence"),
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
