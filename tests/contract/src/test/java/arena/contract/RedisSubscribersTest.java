package arena.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.broker.Broker;
import arena.broker.ConnectionId;
import arena.broker.RedisBroker;
import arena.broker.RedisConnection;
import arena.broker.RedisKeys;
import arena.broker.RedisSettings;
import arena.broker.RedisSubscribers;
import arena.broker.Subscribers;
import arena.local.backing.LocalRedis;
import arena.metrics.Metrics;
import arena.run.RunId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.params.RestoreParams;

class RedisSubscribersTest extends SubscribersContract {
  private static final ConnectionId READER = ConnectionId.of("reader");
  private static final Subscribers.LookQuery ALL = new Subscribers.LookQuery(true, 0, 0, 10);
  private static final RedisConnection CONNECTION = TestRedis.connection();

  private final Broker broker = new RedisBroker(CONNECTION, RedisKeys.plain(), Metrics.NONE);
  private final Subscribers subscribers = new RedisSubscribers(CONNECTION, RedisKeys.plain());

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

  /** A separate server, because the others' data must not be lost. */
  @Test
  void forgetsCursorsAfterARestartAndAPromotion() throws IOException {
    Path folder = Files.createTempDirectory(Path.of("..", "target"), "redis");
    int port = TestRedis.freePort();
    RunId runId = RunId.of(UUID.randomUUID());
    try (LocalRedis server = LocalRedis.start(folder, port, TestRedis.PASSWORD)) {
      assertEquals(port, server.port());
      with(port, (readers, _) -> readers.put(runId, READER, 3));
    }
    try (LocalRedis server = LocalRedis.start(folder, port, TestRedis.PASSWORD)) {
      assertEquals(port, server.port());
      with(
          port,
          (readers, operator) -> {
            assertEquals(Map.of(READER, 3L), readers.cursors(runId), "the server has its data");
            assertForgotten(readers, runId);
            readers.put(runId, READER, 5);
            assertEquals(1, readers.look(runId, ALL).readers());

            operator.replicaof("127.0.0.1", TestRedis.freePort());
            operator.replicaofNoOne();
            assertEquals(Map.of(READER, 5L), readers.cursors(runId));
            assertForgotten(readers, runId);
          });
    }
  }

  /** A separate server, because the others' data must not be lost. */
  @Test
  void forgetsCursorsAfterDataIsReplacedInTheRunningServer() throws IOException {
    Path folder = Files.createTempDirectory(Path.of("..", "target"), "redis");
    int port = TestRedis.freePort();
    RunId runId = RunId.of(UUID.randomUUID());
    try (LocalRedis server = LocalRedis.start(folder, port, TestRedis.PASSWORD)) {
      assertEquals(port, server.port());
      with(
          port,
          (readers, operator) -> {
            readers.put(runId, READER, 3);
            Map<String, byte[]> backup = new HashMap<>();
            operator.keys("*").forEach(key -> backup.put(key, operator.dump(key)));
            readers.put(runId, READER, 9);
            operator.flushAll();
            backup.forEach((key, value) -> operator.restore(key, 0, value));
            assertEquals(Map.of(READER, 3L), readers.cursors(runId), "older data");
            assertForgotten(readers, runId);

            readers.put(runId, READER, 5);
            String cursors = "arena:run:" + runId + ":subscribers";
            byte[] older = operator.dump(cursors);
            operator.restore(cursors, 0, older, RestoreParams.restoreParams().replace());
            assertForgotten(readers, runId);
          });
    }
  }

  private static void assertForgotten(Subscribers readers, RunId runId) {
    Subscribers.Look look = readers.look(runId, ALL);
    assertEquals(0, look.readers());
    assertTrue(look.loss().isPresent());
    assertEquals(Map.of(), readers.cursors(runId));
    readers.clearLoss(runId, look.loss().getAsLong());
  }

  @Test
  void isUnavailableWhenReadOnlyOrOutOfMemory() throws IOException {
    Path folder = Files.createTempDirectory(Path.of("..", "target"), "redis");
    int port = TestRedis.freePort();
    try (LocalRedis server = LocalRedis.start(folder, port, TestRedis.PASSWORD)) {
      assertEquals(port, server.port());
      List<Boolean> answers = new ArrayList<>();
      // a new connection each, because a client does not ask again for some time after a failure
      with(port, (readers, _) -> answers.add(readers.available()));
      with(
          port,
          (readers, operator) -> {
            operator.replicaof("127.0.0.1", TestRedis.freePort());
            answers.add(readers.available());
            operator.replicaofNoOne();
          });
      with(
          port,
          (readers, operator) -> {
            operator.configSet("maxmemory", "1");
            answers.add(readers.available());
            operator.configSet("maxmemory", "0");
          });
      with(port, (readers, _) -> answers.add(readers.available()));
      assertEquals(List.of(true, false, false, true), answers);
    }
    try (RedisConnection connection = new RedisConnection(settings(port))) {
      assertFalse(new RedisSubscribers(connection, RedisKeys.plain()).available(), "no server");
    }
  }

  @Test
  void countsSubscribesForAMinute() throws IOException {
    ConnectionId connection = ConnectionId.of("connection");
    String key = "arena:admissions:connection";
    RunId runId = RunId.of(UUID.randomUUID());
    Path folder = Files.createTempDirectory(Path.of("..", "target"), "redis");
    int port = TestRedis.freePort();
    try (LocalRedis server = LocalRedis.start(folder, port, TestRedis.PASSWORD)) {
      assertEquals(port, server.port());
      with(
          port,
          (readers, operator) -> {
            readers.admit(runId, connection);
            long seconds = operator.ttl(key);
            assertTrue(seconds > 0 && seconds <= 60, "expires in " + seconds + " s");
            operator.expire(key, 10);
            readers.admit(runId, connection);
            assertTrue(operator.ttl(key) <= 10, "a subscribe does not extend the time");
            assertEquals(Map.of(runId.value(), "2", "all", "2"), operator.hgetAll(key));
          });
    }
    try (RedisConnection broken = new RedisConnection(settings(port))) {
      assertEquals(
          Subscribers.Admission.UNAVAILABLE,
          new RedisSubscribers(broken, RedisKeys.plain()).admit(runId, connection));
    }
  }

  private static RedisSettings settings(int port) {
    return new RedisSettings("127.0.0.1", port, false, Optional.of(TestRedis.PASSWORD));
  }

  private interface Use {
    void use(Subscribers readers, Jedis operator);
  }

  private static void with(int port, Use test) {
    try (RedisConnection connection = new RedisConnection(settings(port));
        Jedis operator =
            new Jedis(
                new HostAndPort("127.0.0.1", port),
                DefaultJedisClientConfig.builder()
                    .serverDefaultProtocol()
                    .password(TestRedis.PASSWORD)
                    .build())) {
      test.use(new RedisSubscribers(connection, RedisKeys.plain()), operator);
    }
  }
}
