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

/** One real Redis for all tests of this JVM. */
final class TestRedis {
  static final String PASSWORD = "not a secret";

  private static LocalRedis running;

  private TestRedis() {}

  /** The server; it ends with the JVM. */
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

  /** As the product connects. */
  static RedisConnection connection() {
    return new RedisConnection(settings());
  }

  /** As an operator's {@code redis-cli} connects. */
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

  /** All that is there now; running it brings exactly that back. */
  static Runnable checkpoint() {
    List<Consumer<Jedis>> back = new ArrayList<>();
    try (Jedis jedis = operator()) {
      for (String key : jedis.keys("*")) {
        byte[] value = jedis.dump(key);
        long life = Math.max(0, jedis.pttl(key));
        back.add(redis -> redis.restore(key, life, value));
      }
    }
    return () -> {
      try (Jedis jedis = operator()) {
        jedis.flushAll();
        back.forEach(key -> key.accept(jedis));
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
