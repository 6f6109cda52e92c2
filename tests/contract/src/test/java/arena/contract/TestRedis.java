package arena.contract;

import arena.broker.RedisConnection;
import arena.broker.RedisSettings;
import arena.local.backing.LocalRedis;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.params.SetParams;

/** A real Redis shared by all tests of this JVM. */
final class TestRedis {
  static final String PASSWORD = "not a secret";

  /** A replication id, as {@code INFO replication} has it. */
  private static final String OTHER_SERVER = "0123456789abcdef0123456789abcdef01234567";

  private static LocalRedis running;

  private TestRedis() {}

  /** The server; it stops with the JVM. */
  static synchronized LocalRedis server() {
    if (running == null) {
      try {
        Path folder = Files.createTempDirectory(Path.of("..", "target"), "redis");
        running = LocalRedis.start(folder, freePort(), PASSWORD);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return running;
  }

  static RedisSettings settings() {
    return new RedisSettings("127.0.0.1", server().port(), false, Optional.of(PASSWORD));
  }

  /** Connects as the product does. */
  static RedisConnection connection() {
    return new RedisConnection(settings());
  }

  /** Connects as an operator's {@code redis-cli} does. */
  static Jedis operator() {
    return new Jedis(
        new HostAndPort("127.0.0.1", server().port()),
        DefaultJedisClientConfig.builder().serverDefaultProtocol().password(PASSWORD).build());
  }

  static void flush() {
    try (Jedis jedis = operator()) {
      jedis.flushAll();
    }
  }

  /**
   * Takes a snapshot of all keys; running the result restores it, as a server that is started with
   * older data has it: its cursors are stamped by another server.
   */
  static Runnable checkpoint() {
    List<Consumer<Jedis>> restores = new ArrayList<>();
    try (Jedis jedis = operator()) {
      for (String key : jedis.keys("*")) {
        byte[] value = jedis.dump(key);
        long ttl = Math.max(0, jedis.pttl(key));
        restores.add(redis -> redis.restore(key, ttl, value));
      }
    }
    return () -> {
      try (Jedis jedis = operator()) {
        jedis.flushAll();
        restores.forEach(key -> key.accept(jedis));
        for (String stamp : jedis.keys("*:generation")) {
          jedis.set(stamp, OTHER_SERVER, SetParams.setParams().keepTtl());
        }
      }
    };
  }

  static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
