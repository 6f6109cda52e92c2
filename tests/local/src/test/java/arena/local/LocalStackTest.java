package arena.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.local.client.ArenaClient;
import arena.local.client.Envelope;
import arena.local.client.LiveReader;
import arena.local.client.Operator;
import arena.local.clock.ManualClock;
import arena.local.lambda.Invocation;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.params.ShutdownParams;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** The whole stack with the project's template and functions. */
final class LocalStackTest {
  private static final Path ROOT = Path.of("../..");
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration BOUND = Duration.ofSeconds(60);

  @TempDir Path home;

  private static HttpResponse<String> get(LocalStack stack, String path) throws Exception {
    return sent(HttpRequest.newBuilder(stack.httpUrl().resolve(path)));
  }

  private static HttpResponse<String> sent(HttpRequest.Builder request) throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(request.timeout(BOUND).build(), HttpResponse.BodyHandlers.ofString());
    }
  }

  @Test
  void keepsTheStateOfARunAcrossARestart() throws Exception {
    String run;
    String password;
    long startedAt = System.nanoTime();
    try (LocalStack stack = LocalStack.start(Options.of(ROOT).home(home))) {
      assertTrue(System.nanoTime() - startedAt < TimeUnit.SECONDS.toNanos(60));
      assertEquals(200, get(stack, "/health").statusCode());
      password = stack.redisPassword();
      assertThrows(IllegalStateException.class, () -> LocalStack.start(Options.of(ROOT)));
      assertThrows(StateDirectoryInUse.class, () -> StateDirectory.take(Optional.of(home)));
      run = run(stack);
      Invocation health =
          stack.invoke(
              "read-runs", Files.readString(Path.of("../../events/read-runs-health.json")));
      assertEquals(Optional.empty(), health.functionError());
      try (Jedis redis = new Operator(stack).redis()) {
        redis.set("left", "here");
      }
    }
    try (LocalStack stack = LocalStack.start(Options.of(ROOT).home(home))) {
      assertEquals(password, stack.redisPassword());
      assertEquals(
          "complete", JSON.readTree(get(stack, "/runs/" + run).body()).get("status").asText());
      assertFalse(
          JSON.readTree(get(stack, "/events?from_seq=1&run_id=" + run).body())
              .get("events")
              .isEmpty());
      try (Jedis redis = new Operator(stack).redis()) {
        assertEquals("here", redis.get("left"));
      }
    }
  }

  @Test
  void continuesAnInterruptedRunAfterARestart() {
    String run;
    List<Envelope> seen = new ArrayList<>();
    try (LocalStack stack = LocalStack.start(Options.of(ROOT).home(home));
        ArenaClient arena = new ArenaClient(stack.httpUrl(), stack.webSocketUrl());
        LiveReader reader = arena.live()) {
      run = arena.startRun("{\"n_turns\":100}");
      reader.subscribe(run, 1);
      while (seen.size() < 20) {
        seen.addAll(Envelope.allIn(reader.next(BOUND)));
      }
    }
    try (LocalStack stack = LocalStack.start(Options.of(ROOT).home(home));
        ArenaClient arena = new ArenaClient(stack.httpUrl(), stack.webSocketUrl());
        LiveReader reader = arena.live()) {
      reader.subscribe(run, seen.getLast().seq() + 1);
      LiveReader.Closed closed = reader.untilClosed(run, BOUND, seen::add);
      assertEquals("complete", closed.status());
      assertEquals(arena.events(run, 1), seen);
      assertEquals(closed.lastSeq(), seen.size());
    }
  }

  @Test
  void restartsServersThatEndWithTheirData() throws Exception {
    BlockingQueue<String> lines = new LinkedBlockingQueue<>();
    try (LocalStack stack = LocalStack.start(Options.of(ROOT).progress(lines::add))) {
      String run = run(stack);
      int redisPort = stack.redisPort();
      try (Jedis redis = new Operator(stack).redis()) {
        redis.set("left", "here");
      }
      lines.clear();
      // Without SAVE: what was acknowledged must be kept anyway.
      try (Jedis redis = new Operator(stack).redis()) {
        redis.shutdown(new ShutdownParams().nosave());
      }
      assertTrue(awaitLine(lines).contains("Redis on port " + redisPort + " ended"));
      assertTrue(awaitLine(lines).contains("is back"));
      try (Jedis redis = new Operator(stack).redis()) {
        assertEquals("here", redis.get("left"));
      }
      stack.crashDynamoDb();
      assertEquals("DynamoDB ended (it refuses connections); restarting it", awaitLine(lines));
      assertTrue(awaitLine(lines).startsWith("DynamoDB is back"));
      stack.crashS3();
      assertEquals("S3 ended (it refuses connections); restarting it", awaitLine(lines));
      assertTrue(awaitLine(lines).startsWith("S3 is back"));

      assertEquals(
          "complete", JSON.readTree(get(stack, "/runs/" + run).body()).get("status").asText());
      assertFalse(
          JSON.readTree(get(stack, "/events?from_seq=1&run_id=" + run).body())
              .get("events")
              .isEmpty());
      run(stack);
    }
    assertTrue(lines.isEmpty(), "nothing is restarted while the stack stops: " + lines);
  }

  @Test
  void holdsDownARedisThatATestKilled() {
    BlockingQueue<String> lines = new LinkedBlockingQueue<>();
    try (LocalStack stack = LocalStack.start(Options.of(ROOT).progress(lines::add))) {
      lines.clear();
      stack.killRedis();
      // The supervisor has looked at all parts when it has restarted another one.
      stack.crashS3();
      assertTrue(
          Stream.of(awaitLine(lines), awaitLine(lines)).allMatch(line -> line.startsWith("S3")));
      assertThrows(JedisException.class, () -> new Operator(stack).redis().ping());
      stack.restartRedis();
      try (Jedis redis = new Operator(stack).redis()) {
        assertEquals("PONG", redis.ping());
      }
    }
  }

  private static String awaitLine(BlockingQueue<String> lines) {
    try {
      String line = lines.poll(BOUND.toSeconds(), TimeUnit.SECONDS);
      assertNotNull(line);
      return line;
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** Plays a run of one turn and returns its id. */
  private static String run(LocalStack stack) throws Exception {
    HttpResponse<String> started =
        sent(
            HttpRequest.newBuilder(stack.httpUrl().resolve("/runs"))
                .header("content-type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("{\"n_turns\":1}")));
    assertEquals(202, started.statusCode(), started.body());
    String run = JSON.readTree(started.body()).get("run_id").asText();
    long end = System.nanoTime() + BOUND.toNanos();
    while (true) {
      JsonNode row = JSON.readTree(get(stack, "/runs/" + run).body());
      if (!row.get("status").asText().equals("running")) {
        assertEquals("complete", row.get("status").asText(), row.toString());
        return run;
      }
      assertTrue(System.nanoTime() < end, "the run did not end within " + BOUND);
    }
  }

  @Test
  void deletesExpiredItemsAndTemporaryFiles() throws Exception {
    ManualClock clock = new ManualClock(Instant.now());
    Path folder;
    int redisPort;
    try (LocalStack stack = LocalStack.start(Options.of(ROOT).clock(clock));
        DynamoDbClient tables = new Operator(stack).tables()) {
      folder = stack.home();
      redisPort = stack.redisPort();
      String journal = stack.resource("JournalTable");
      Map<String, AttributeValue> key =
          Map.of("run_id", AttributeValue.fromS("old"), "position", AttributeValue.fromN("1"));
      long soon = clock.now().plusSeconds(90).getEpochSecond();
      tables.putItem(
          request ->
              request
                  .tableName(journal)
                  .item(
                      Map.of(
                          "run_id",
                          key.get("run_id"),
                          "position",
                          key.get("position"),
                          "expires_at",
                          AttributeValue.fromN(Long.toString(soon)))));
      clock.advance(Duration.ofMinutes(1));
      assertTrue(tables.getItem(request -> request.tableName(journal).key(key)).hasItem());
      clock.advance(Duration.ofMinutes(1));
      assertFalse(tables.getItem(request -> request.tableName(journal).key(key)).hasItem());
    }
    assertFalse(Files.exists(folder));
    assertEquals(redisPort, Ports.free(redisPort));
  }

  @Test
  void rejectsARequiredPortThatIsInUse() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int port = taken.getLocalPort();
      PortUnavailable refused =
          assertThrows(
              PortUnavailable.class,
              () -> LocalStack.start(Options.of(ROOT).port(port, true)).close());
      assertEquals(
          String.format(
              Locale.ROOT,
              "port %d is in use by another program; choose another with ARENA_PORT, or stop that program",
              port),
          refused.getMessage());
      List<String> progress = new ArrayList<>();
      int other = Ports.onFree(port, false, "ARENA_PORT", progress::add, Ports::free);
      assertTrue(other > port);
      assertEquals(
          List.of(
              String.format(
                  Locale.ROOT,
                  "port %d is taken by another program; using %d (ARENA_PORT chooses another)",
                  port,
                  other)),
          progress);
    }
  }
}
