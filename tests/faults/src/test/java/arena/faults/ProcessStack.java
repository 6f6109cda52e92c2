package arena.faults;

import arena.local.Main;
import arena.local.client.ArenaClient;
import arena.models.ModelServer;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** The stack of {@code ./arena up} in its own process, which can be killed and restarted. */
final class ProcessStack implements Stack, AutoCloseable {
  private static final String READY = "Ctrl-C stops everything.";
  private static final int START_SECONDS = 120;
  private static final int END_SECONDS = 30;
  private static final int FIRST_PORT = 20_000;
  private static final int PORTS = 12_000;
  private static final int TRIES = 50;

  private final ModelServer models = ModelServer.start();
  private final Path home;
  private final Map<String, String> settings;
  private final int port = freePort();
  private final int redisPort = freePort();
  private final ArenaClient client =
      new ArenaClient(
          URI.create("http://localhost:" + port), URI.create("ws://localhost:" + port + "/live"));
  private Process process;

  /**
   * Starts a stack.
   *
   * @param home the folder of its state
   */
  ProcessStack(Path home) {
    this(home, Map.of());
  }

  /**
   * Starts a stack.
   *
   * @param home the folder of its state
   * @param settings more environment variables
   */
  ProcessStack(Path home, Map<String, String> settings) {
    this.home = home;
    this.settings = settings;
    start();
  }

  /** Starts the stack on its existing state and returns when it is ready. */
  void start() {
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx1g",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-XX:-UsePerfData",
            "-Djava.io.tmpdir=" + System.getProperty("java.io.tmpdir"),
            "-cp",
            classPath(),
            Main.class.getName());
    builder.directory(Path.of("../..").toFile());
    builder
        .environment()
        .putAll(
            Map.of(
                "ARENA_HOME", home.toAbsolutePath().toString(),
                "ARENA_PORT", String.valueOf(port),
                "ARENA_REDIS_PORT", String.valueOf(redisPort),
                "ARENA_OPENAI_BASE_URL", models.openAiBaseUrl().toString(),
                "ARENA_OPENAI_API_KEY", "test-key"));
    builder.environment().putAll(settings);
    List<String> output = new CopyOnWriteArrayList<>();
    CountDownLatch ready = new CountDownLatch(1);
    try {
      Process started = builder.redirectErrorStream(true).start();
      process = started;
      Thread.ofVirtual().start(() -> collectOutput(started, output, ready));
      if (!ready.await(START_SECONDS, TimeUnit.SECONDS) || !output.contains(READY)) {
        throw new AssertionError("the stack did not start: " + output);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  private static void collectOutput(Process process, List<String> output, CountDownLatch ready) {
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        output.add(line);
        if (line.equals(READY)) {
          ready.countDown();
        }
      }
    } catch (IOException e) {
      output.add("failed to read the output: " + e);
    } finally {
      ready.countDown();
    }
  }

  /** This process's class path, made absolute because the child has another working directory. */
  private static String classPath() {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
        .map(part -> Path.of(part).toAbsolutePath().toString())
        .collect(Collectors.joining(File.pathSeparator));
  }

  private static int freePort() {
    for (int tried = 0; tried < TRIES; tried++) {
      int number = FIRST_PORT + ThreadLocalRandom.current().nextInt(PORTS);
      try (ServerSocket socket = new ServerSocket(number, 1, InetAddress.getLoopbackAddress())) {
        return socket.getLocalPort();
      } catch (IOException e) {
        // taken; try another
      }
    }
    throw new AssertionError("no free port");
  }

  /** Kills the stack as {@code kill -9} does; its watchdog then ends its Redis. */
  void kill() {
    process.destroyForcibly();
    await(process);
  }

  /** Sends a signal ({@code STOP} or {@code CONT}) to the stack's Redis. */
  void signalRedis(String signal) {
    try {
      String pid = Files.readString(home.resolve("redis/redis.pid")).strip().split(" ", 2)[0];
      // The shell's own: a bare machine has no program of this name.
      Process kill =
          new ProcessBuilder("sh", "-c", "kill -" + signal + " " + pid).inheritIO().start();
      await(kill);
      if (kill.exitValue() != 0) {
        throw new AssertionError("kill -" + signal + " " + pid + " failed");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void await(Process process) {
    try {
      if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
        throw new AssertionError("process " + process.pid() + " has not ended");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  @Override
  public ArenaClient client() {
    return client;
  }

  @Override
  public ModelServer models() {
    return models;
  }

  @Override
  public void reap(String runId) {
    // Runs cannot be aged here; the tests on FaultStack cover the reaper.
  }

  @Override
  public void close() {
    if (!process.isAlive()) {
      start(); // adopts the Redis that the kill left running
    }
    process.destroy();
    await(process);
    client.close();
    models.close();
  }
}
