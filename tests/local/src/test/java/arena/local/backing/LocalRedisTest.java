package arena.local.backing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.exceptions.JedisException;

class LocalRedisTest {
  /** All characters with a special meaning in Redis's settings. */
  private static final String PASSWORD = "p\"a'ss \\w#örd";

  @TempDir Path folder;

  @Test
  void keepsDataAcrossARestartAndRequiresThePassword() throws IOException {
    int port = freePort();
    try (LocalRedis redis = LocalRedis.start(folder, port, PASSWORD);
        Jedis jedis = client(redis)) {
      jedis.set("kept", "1");
      try (Jedis stranger =
          new Jedis(
              new HostAndPort("127.0.0.1", port),
              DefaultJedisClientConfig.builder().serverDefaultProtocol().build())) {
        assertThrows(JedisException.class, stranger::ping);
      }
      assertThrows(BackingFailed.class, () -> LocalRedis.start(folder, freePort(), PASSWORD));
      assertFalse(Files.readString(redis.log()).contains(PASSWORD));
    }
    try (LocalRedis redis = LocalRedis.start(folder, port, PASSWORD);
        Jedis jedis = client(redis)) {
      assertEquals("1", jedis.get("kept"));
    }
  }

  @Test
  void restartsAfterACrash() throws IOException {
    int port = freePort();
    LocalRedis redis = LocalRedis.start(folder, port, PASSWORD);
    redis.kill();
    assertFalse(redis.alive());
    try (LocalRedis again = LocalRedis.start(folder, port, PASSWORD);
        Jedis jedis = client(again)) {
      redis.close();
      assertTrue(again.alive());
      assertEquals("PONG", jedis.ping());
      assertThrows(BackingFailed.class, () -> LocalRedis.start(folder, freePort(), PASSWORD));
    }
  }

  @Test
  void reportsWhyItDidNotStart() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      BackingFailed failure =
          assertThrows(
              BackingFailed.class, () -> LocalRedis.start(folder, taken.getLocalPort(), PASSWORD));
      assertTrue(failure.getMessage().contains("in use"), failure.getMessage());
      assertFalse(failure.getMessage().contains(PASSWORD));
    }
  }

  @Test
  void endsTheServerOfAKilledJvm() throws Exception {
    int port = freePort();
    Process jvm = runningRedis(port);
    try (BufferedReader said = jvm.inputReader()) {
      assertEquals("started", said.readLine());
    } finally {
      jvm.destroyForcibly();
    }
    assertTrue(jvm.waitFor(10, TimeUnit.SECONDS));
    try (LocalRedis redis = LocalRedis.start(folder, port, PASSWORD);
        Jedis jedis = client(redis)) {
      assertEquals("PONG", jedis.ping());
    }
  }

  private Process runningRedis(int port) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:-UsePerfData",
            "-cp",
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
            RunningRedis.class.getName(),
            folder.toString(),
            String.valueOf(port))
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  @Test
  void endsWhenItsJvmIsKilled() throws Exception {
    Process jvm = runningRedis(freePort());
    long pid;
    try (BufferedReader said = jvm.inputReader()) {
      assertEquals("started", said.readLine());
      pid = Long.parseLong(Files.readString(folder.resolve("redis.pid")).split(" ", -1)[0]);
    } finally {
      jvm.destroyForcibly();
    }
    Optional<ProcessHandle> redis = ProcessHandle.of(pid);
    if (redis.isPresent()) {
      redis.get().onExit().get(10, TimeUnit.SECONDS);
    }
  }

  /** Starts a server and does not end. */
  static final class RunningRedis {
    /** Takes the folder and the port. */
    public static void main(String[] arguments) throws InterruptedException {
      LocalRedis redis =
          LocalRedis.start(Path.of(arguments[0]), Integer.parseInt(arguments[1]), PASSWORD);
      System.out.println("started");
      Thread.currentThread().join();
      redis.close();
    }
  }

  private static Jedis client(LocalRedis redis) {
    return new Jedis(
        new HostAndPort("127.0.0.1", redis.port()),
        DefaultJedisClientConfig.builder()
            .serverDefaultProtocol()
            .password(redis.password())
            .build());
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
