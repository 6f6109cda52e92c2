package arena.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.models.Behaviour;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;

/**
 * Runs the unit tests of the JavaScript client and of the console's modules, and the client's tests
 * against the stack. Skipped without Node.
 */
final class JavaScriptClientTest {
  private static final Path UNIT_TESTS =
      Path.of("..", "..", "functions", "stream-events", "client", "arena-client.test.js");
  private static final Path CONSOLE_TESTS =
      Path.of("..", "..", "functions", "serve-console", "src", "test", "console");
  private static final Path LIVE_TESTS = Path.of("src", "test", "javascript", "watching.test.mjs");
  private static final Duration BOUND = Duration.ofMinutes(2);
  private static final int MIN_NODE = 20;

  /** First version in which WebSocket is enabled by default. */
  private static final int NODE_WITH_WEBSOCKET = 22;

  private static int node;

  @BeforeAll
  static void findNode() throws Exception {
    Path version = Files.createTempFile("node", ".txt");
    try {
      Process process =
          new ProcessBuilder("node", "--version").redirectOutput(version.toFile()).start();
      if (process.waitFor(BOUND.toSeconds(), TimeUnit.SECONDS)) {
        Matcher major = Pattern.compile("^v(\\d+)\\.").matcher(Files.readString(version));
        node = major.find() ? Integer.parseInt(major.group(1)) : 0;
      }
    } catch (IOException _) {
      node = 0; // not installed
    } finally {
      Files.delete(version);
    }
    Assumptions.assumeTrue(
        node >= MIN_NODE,
        String.format(Locale.ROOT, "Node %d or newer is not on the PATH", MIN_NODE));
  }

  @Test
  void unitTestsPass() throws Exception {
    run(UNIT_TESTS, Map.of());
  }

  @Test
  void unitTestsOfTheConsolePass() throws Exception {
    try (Stream<Path> files = Files.list(CONSOLE_TESTS)) {
      for (Path tests : files.filter(file -> file.toString().endsWith(".test.js")).toList()) {
        run(tests, Map.of());
      }
    }
  }

  @Test
  void testsAgainstTheStackPass() throws Exception {
    AcceptanceStack stack = AcceptanceStack.shared();
    String action = "{\"type\":\"wait\",\"why\":\"%s\"}".formatted("because ".repeat(240));
    String actions = "[" + String.join(",", Collections.nCopies(50, action)) + "]";
    stack.models().when("long-answer", Behaviour.text("…".repeat(20_000) + actions));
    try (RunController controller = RunController.open()) {
      run(
          LIVE_TESTS,
          Map.of(
              "ARENA_HTTP", stack.stack().httpUrl().toString(),
              "ARENA_WEBSOCKET", stack.stack().webSocketUrl().toString(),
              "ARENA_STAGE", controller.url(),
              "ARENA_TOKEN", stack.token().orElse("")));
    }
  }

  private static void run(Path tests, Map<String, String> environment) throws Exception {
    List<String> command = new ArrayList<>(List.of("node"));
    if (node < NODE_WITH_WEBSOCKET) {
      command.add("--experimental-websocket");
    }
    command.addAll(List.of("--test", "--test-reporter=tap", tests.toString()));
    Path log = Path.of("..", "target", tests.getFileName() + ".log");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
    builder.environment().putAll(environment);
    Process process = builder.start();
    try {
      boolean ended = process.waitFor(BOUND.toSeconds(), TimeUnit.SECONDS);
      String output = Files.readString(log);
      assertTrue(ended, () -> "the tests did not end: " + output);
      assertEquals(0, process.exitValue(), output);
      assertTrue(Pattern.compile("(?m)^# pass [1-9]").matcher(output).find(), output);
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  /**
   * An HTTP server through which the JavaScript tests control runs: {@code /play/{run_id}} and
   * others.
   */
  private record RunController(
      HttpServer server, ExecutorService threads, Map<String, LiveRun> runs)
      implements AutoCloseable {
    private static final int MAX_RUNS = 20;

    static RunController open() throws IOException {
      HttpServer server =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      RunController controller =
          new RunController(
              server, Executors.newVirtualThreadPerTaskExecutor(), new ConcurrentHashMap<>());
      server.setExecutor(controller.threads);
      server.createContext("/", controller::answer);
      server.start();
      return controller;
    }

    String url() {
      return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    private void answer(HttpExchange exchange) throws IOException {
      int status = 200;
      String text;
      try {
        text = perform(exchange.getRequestURI().getPath().split("/"));
      } catch (RuntimeException | AssertionError e) {
        status = 500;
        text = e.toString();
      }
      byte[] body = text.getBytes(StandardCharsets.UTF_8);
      try (exchange) {
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
      }
    }

    private String perform(String[] path) {
      if (path[1].equals("start")) {
        assertTrue(
            runs.size() < MAX_RUNS, String.format(Locale.ROOT, "more than %d runs", MAX_RUNS));
        LiveRun run = LiveRun.start();
        runs.put(run.id(), run);
        return run.id();
      }
      LiveRun run = runs.get(path[2]);
      switch (path[1]) {
        case "play" -> run.play();
        case "fail" -> run.fail();
        case "trim" -> {
          try (Jedis redis = AcceptanceStack.shared().redis()) {
            run.trim(redis, Long.parseLong(path[3]));
          }
        }
        default -> throw new IllegalArgumentException("unknown action: " + path[1]);
      }
      return "done";
    }

    @Override
    public void close() {
      server.stop(0);
      threads.close();
      runs.values().forEach(LiveRun::close);
    }
  }
}
