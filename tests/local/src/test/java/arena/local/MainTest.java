package arena.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.agent.ModelTimeouts;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** ./arena up in a separate process. */
final class MainTest {
  @TempDir Path home;

  private Process start(String port) throws IOException {
    return start(port, Map.of());
  }

  private Process start(String port, Map<String, String> settings) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-XX:-UsePerfData",
            "-Djava.io.tmpdir=" + System.getProperty("java.io.tmpdir"),
            "-cp",
            System.getProperty("java.class.path"),
            Main.class.getName());
    builder.directory(Path.of("../..").toFile());
    builder.environment().put("ARENA_HOME", home.toAbsolutePath().toString());
    builder.environment().put("ARENA_PORT", port);
    builder.environment().put("ARENA_REDIS_PORT", "0");
    builder.environment().put("REDIS_PASSWORD", "it's a secret");
    builder.environment().putAll(settings);
    return builder.redirectErrorStream(true).start();
  }

  private static List<String> lines(Process process, String last) throws IOException {
    return lines(process, last::equals);
  }

  private static List<String> lines(Process process, Predicate<String> last) throws IOException {
    BufferedReader reader =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    List<String> lines = new ArrayList<>();
    for (String line = reader.readLine(); line != null; line = reader.readLine()) {
      lines.add(line);
      if (last.test(line)) {
        break;
      }
    }
    return lines;
  }

  private static String after(List<String> lines, String start) {
    return lines.stream()
        .filter(line -> line.startsWith(start))
        .findFirst()
        .map(line -> line.substring(start.length()).trim())
        .orElseThrow(() -> new AssertionError(start + " is not in " + lines));
  }

  @Test
  @Timeout(value = 120, unit = TimeUnit.SECONDS)
  void printsAddressesAndStopsWithoutAStackTrace() throws Exception {
    Process up = start("0");
    try {
      List<String> lines = lines(up, "Ctrl-C stops everything.");
      String http = after(lines, "HTTP");
      assertTrue(after(lines, "WebSocket").endsWith("/live"), lines.toString());
      assertEquals("'it'\\''s a secret'", after(lines, "export REDIS_PASSWORD="));
      assertTrue(lines.stream().anyMatch(line -> line.startsWith("curl -s -X POST " + http)));
      try (HttpClient client = HttpClient.newHttpClient()) {
        HttpResponse<String> runs =
            client.send(
                HttpRequest.newBuilder(URI.create(http + "/runs")).build(),
                HttpResponse.BodyHandlers.ofString());
        assertTrue(runs.body().contains("demonstration"), runs.body());
      }

      assertEquals(http, Files.readString(home.resolve("url")).strip());
      Process second = start("0");
      List<String> refused = lines(second, "");
      assertTrue(second.waitFor(30, TimeUnit.SECONDS));
      assertEquals(1, second.exitValue());
      assertTrue(
          refused.getLast().contains("another local stack (process " + up.pid() + ") uses"),
          refused.toString());

      List<ProcessHandle> children = up.children().toList();
      assertEquals(2, children.size(), "Redis and its watchdog are its only processes");
      up.toHandle().destroy();
      assertTrue(up.waitFor(30, TimeUnit.SECONDS));
      awaitEnd(children);
      assertFalse(Files.exists(home.resolve("pid")));
      assertFalse(Files.exists(home.resolve("url")));
    } finally {
      up.destroyForcibly();
    }
  }

  private static void awaitEnd(List<ProcessHandle> processes) throws Exception {
    for (ProcessHandle process : processes) {
      process.onExit().get(10, TimeUnit.SECONDS);
    }
  }

  @Test
  @Timeout(value = 120, unit = TimeUnit.SECONDS)
  void restartsAKilledRedisAndLeavesNoProcessWhenItIsKilled() throws Exception {
    Process up = start("0");
    try {
      List<String> lines = lines(up, "Ctrl-C stops everything.");
      String port = redisPort(lines);
      ProcessHandle redis = redisProcess();
      assertTrue(redis.destroyForcibly());
      long killedNanos = System.nanoTime();
      List<String> after = lines(up, line -> line.contains("is back"));
      assertTrue(System.nanoTime() - killedNanos < TimeUnit.SECONDS.toNanos(3), after.toString());
      assertEquals(
          "Redis on port " + port + " ended (exit code 137); restarting it",
          after.getFirst().strip());
      assertTrue(after.getLast().strip().startsWith("Redis on port " + port + " is back after "));
      assertTrue(after.getLast().endsWith(", with its data"));
      assertNotEquals(redis.pid(), redisProcess().pid());

      List<ProcessHandle> children = up.children().toList();
      assertEquals(2, children.size());
      up.destroyForcibly();
      assertTrue(up.waitFor(30, TimeUnit.SECONDS));
      awaitEnd(children);
    } finally {
      up.destroyForcibly();
    }
  }

  private ProcessHandle redisProcess() throws IOException {
    String pid = Files.readString(home.resolve("redis").resolve("redis.pid")).split(" ", -1)[0];
    return ProcessHandle.of(Long.parseLong(pid)).orElseThrow();
  }

  private static String redisPort(List<String> lines) {
    Pattern port = Pattern.compile("redis-cli .*-p (\\d+)");
    return lines.stream()
        .map(port::matcher)
        .filter(Matcher::find)
        .map(found -> found.group(1))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no redis-cli in " + lines));
  }

  @Test
  @Timeout(value = 120, unit = TimeUnit.SECONDS)
  void stopsDuringTheStartWithoutAStackTrace() throws Exception {
    Process up = start("0");
    try (BufferedReader reader =
        new BufferedReader(new InputStreamReader(up.getInputStream(), StandardCharsets.UTF_8))) {
      String first = reader.readLine();
      assertTrue(first.contains(" after "), "the first part is started, not: " + first);
      up.toHandle().destroy();
      List<String> rest = reader.lines().toList();
      assertTrue(up.waitFor(60, TimeUnit.SECONDS));
      assertTrue(rest.contains("arena: stopping"), rest.toString());
      assertTrue(rest.stream().noneMatch(line -> line.contains("\tat ")), rest.toString());
      assertFalse(Files.exists(home.resolve("pid")));
      assertFalse(Files.exists(home.resolve("redis/redis.pid")));
    } finally {
      up.destroyForcibly();
    }
  }

  @Test
  @Timeout(value = 120, unit = TimeUnit.SECONDS)
  void servesThePagesOfTheFrontendInItsSettings() throws Exception {
    String origin = "http://localhost:3000";
    Process up =
        start(
            "0", Map.of("ARENA_FRONTEND_ORIGIN", origin, "ARENA_PARAMETERS", "RequestBurst=1 A=b"));
    assertEquals(
        "arena: template.yaml: Parameters: there is no parameter A", lines(up, "").getLast());
    up =
        start(
            "0", Map.of("ARENA_FRONTEND_ORIGIN", origin, "ARENA_PARAMETERS", "RequestBurst=5000"));
    try {
      String http = after(lines(up, "Ctrl-C stops everything."), "HTTP");
      assertEquals(200, status(http, origin));
      assertEquals(403, status(http, "http://localhost:5173"));
    } finally {
      up.destroy();
      assertTrue(up.waitFor(30, TimeUnit.SECONDS));
    }
  }

  private static int status(String http, String origin) throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client
          .send(
              HttpRequest.newBuilder(URI.create(http + "/health")).header("Origin", origin).build(),
              HttpResponse.BodyHandlers.discarding())
          .statusCode();
    }
  }

  @Test
  @Timeout(value = 60, unit = TimeUnit.SECONDS)
  void reportsAnInvalidOriginParametersOrConcurrencyInOneSentence() throws Exception {
    Map<String, String> messages =
        Map.of(
            "ARENA_FRONTEND_ORIGIN",
            "arena: ARENA_FRONTEND_ORIGIN must be scheme, host and port without a path, or *, not"
                + " \"nonsense\"",
            "ARENA_PARAMETERS",
            "arena: ARENA_PARAMETERS must be template parameters such as RequestBurst=500,"
                + " separated by spaces, not \"nonsense\"",
            "ARENA_CONCURRENCY",
            "arena: ARENA_CONCURRENCY must be a number of invocations from 1 to 99999, not"
                + " \"nonsense\"");
    for (Map.Entry<String, String> message : messages.entrySet()) {
      Process up = start("0", Map.of(message.getKey(), "nonsense"));
      assertEquals(List.of(message.getValue()), lines(up, ""));
      assertTrue(up.waitFor(30, TimeUnit.SECONDS));
      assertEquals(1, up.exitValue());
    }
  }

  @Test
  @Timeout(value = 60, unit = TimeUnit.SECONDS)
  void reportsAnInvalidSettingInOneSentence() throws Exception {
    Process up = start("eighty");
    assertEquals(
        List.of("arena: ARENA_PORT must be a port from 0 to 65535, not \"eighty\""), lines(up, ""));
    assertTrue(up.waitFor(30, TimeUnit.SECONDS));
    assertEquals(1, up.exitValue());
  }

  @Test
  @Timeout(value = 60, unit = TimeUnit.SECONDS)
  void rejectsATimeoutThatTheTemplateDoesNotAllow() throws Exception {
    Process up = start("0", Map.of("ARENA_MODEL_TIMEOUT_SECONDS", "61"));
    assertEquals(
        List.of(
            "arena: ARENA_MODEL_TIMEOUT_SECONDS must be one of "
                + ModelTimeouts.VALUES
                + ", not \"61\""),
        lines(up, ""));
    assertTrue(up.waitFor(30, TimeUnit.SECONDS));
    assertEquals(1, up.exitValue());
  }
}
