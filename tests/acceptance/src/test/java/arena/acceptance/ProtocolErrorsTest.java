package arena.acceptance;

import static java.util.Map.entry;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import arena.access.Role;
import arena.broker.Subscribers;
import arena.local.client.ArenaClient;
import arena.local.client.Envelope;
import arena.local.client.LiveReader;
import arena.stream.Connections;
import arena.stream.MessageErrorCode;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.function.Executable;
import redis.clients.jedis.Jedis;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** Produces every error of PROTOCOL.md. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ProtocolErrorsTest {
  private static final Duration BOUND = Duration.ofSeconds(60);
  private static final Protocol PROTOCOL = Protocol.read();
  private static final String PING = "{\"action\":\"ping\"}";
  private static final String UNKNOWN_RUN = "00000000000000000000000000000000";

  /** Codes of errors that carry a run_id. */
  private static final Set<String> WITH_RUN_ID =
      Set.of(
          "forbidden",
          "too_many_subscriptions",
          "too_many_readers",
          "too_many_requests",
          "unavailable",
          "internal_error");

  private final AcceptanceStack stack = AcceptanceStack.shared();
  private final ArenaClient arena = stack.client();
  private String finished;
  private long lastSeq;

  @BeforeAll
  void play() {
    finished = arena.startRun("{\"n_turns\":3}");
    lastSeq = arena.awaitEnd(finished, BOUND).get("n_events").longValue();
    stack.awaitNoRuns();
  }

  private Map<String, Executable> errorChecks() {
    return Map.ofEntries(
        entry("bad_json", this::badJson),
        entry("unknown_action", this::unknownAction),
        entry("invalid_field", this::invalidField),
        entry("unknown_run", this::unknownRun),
        entry("forbidden", this::forbidden),
        entry("unauthorized", this::unauthorized),
        entry("too_many_subscriptions", this::tooManySubscriptions),
        entry("too_many_readers", this::tooManyReaders),
        entry("too_many_requests", this::tooManyRequests),
        entry("behind", this::behind),
        entry("unavailable", this::unavailable),
        entry("internal_error", this::internalError));
  }

  @TestFactory
  Stream<DynamicTest> producesEveryError() {
    return errorChecks().entrySet().stream()
        .map(check -> DynamicTest.dynamicTest(check.getKey(), check.getValue()));
  }

  @Test
  void documentsEveryError() {
    assertEquals(
        Arrays.stream(MessageErrorCode.values())
            .map(MessageErrorCode::label)
            .collect(Collectors.toCollection(TreeSet::new)),
        PROTOCOL.errorCodes());
    assertEquals(errorChecks().keySet(), PROTOCOL.errorCodes());
  }

  private void badJson() {
    assertRejected(
        "bad_json",
        "",
        "no json",
        "{",
        "[]",
        "\"ping\"",
        "null",
        "{\"action\":\"ping\"}{}",
        "{\"action\":\"ping\",\"action\":\"ping\"}",
        "{\"action\":\"ping\",\"x\":" + "[".repeat(8) + "]".repeat(8) + "}",
        "{\"action\":\"ping\",\"x\":\"" + "x".repeat(1_001) + "\"}",
        "{\"action\":\"ping\",\"x\":" + "1".repeat(41) + "}",
        "{\"action\":\"ping\",\"x\":NaN}");
    // just within the limits
    assertRejected(
        "invalid_field",
        "{\"action\":\"ping\",\"x\":" + "[".repeat(7) + "]".repeat(7) + "}",
        "{\"action\":\"ping\",\"x\":\"" + "x".repeat(1_000) + "\"}",
        "{\"action\":\"ping\",\"x\":" + "1".repeat(40) + "}");
  }

  private void unknownAction() {
    assertRejected(
        "unknown_action",
        "{}",
        "{\"action\":\"Subscribe\"}",
        "{\"action\":\"\"}",
        "{\"action\":null}",
        "{\"action\":[\"ping\"]}",
        "{\"action\":\"$connect\"}",
        "{\"action\":\"$default\"}");
  }

  private void invalidField() {
    for (String field : List.of("", ",\"run_id\":null", ",\"run_id\":{}", ",\"run_id\":1")) {
      assertRejected("invalid_field", "{\"action\":\"subscribe\"" + field + "}");
      assertRejected("invalid_field", "{\"action\":\"unsubscribe\"" + field + "}");
    }
    String subscribe = "{\"action\":\"subscribe\",\"run_id\":\"" + finished + "\",\"from_seq\":%s}";
    for (String from :
        List.of("0", "-1", "1.5", "1e3", "null", "true", "\"1\"", "[]", "9".repeat(40))) {
      assertRejected("invalid_field", subscribe.formatted(from));
    }
    assertRejected("invalid_field", subscribe.formatted(lastSeq + 2));
    assertRejected("invalid_field", subscribe.formatted("1,\"limit\":5"));
    assertRejected(
        "invalid_field",
        "{\"action\":\"unsubscribe\",\"run_id\":\"" + finished + "\",\"from_seq\":1}",
        "{\"action\":\"unsubscribe\",\"run_id\":\"not-a-run\"}",
        "{\"action\":\"ping\",\"run_id\":\"" + finished + "\"}");
  }

  private void unknownRun() {
    for (String id :
        List.of(UNKNOWN_RUN, "not-a-run", "", finished.substring(1), "../" + finished)) {
      assertRejected("unknown_run", "{\"action\":\"subscribe\",\"run_id\":\"" + id + "\"}");
    }
  }

  private void forbidden() {
    stack.withTokens(
        () -> {
          String token = stack.stack().createToken(Role.VIEWER, "forbidden");
          try (ArenaClient viewer = stack.client(Optional.of(token));
              ArenaClient limited =
                  new ArenaClient(
                      stack.stack().httpUrl(), viewer.webSocketUrl(Optional.of(finished)));
              LiveReader reader = limited.live()) {
            reader.subscribe(UNKNOWN_RUN, 1);
            assertError("forbidden", reader.nextJson(BOUND), "another run");
            assertPong(reader);
            reader.subscribe(finished, lastSeq + 1);
            assertEquals("closed", reader.nextJson(BOUND).path("type").asText());
          }
        });
  }

  private void unauthorized() {
    stack.withTokens(
        () -> {
          String token = stack.stack().createToken(Role.VIEWER, "unauthorized");
          try (ArenaClient viewer = stack.client(Optional.of(token));
              LiveReader reader = viewer.live()) {
            stack.revoke(token); // before the first message, so that nothing is cached
            reader.send(PING);
            assertError("unauthorized", reader.nextJson(BOUND), "revoked");
            reader.awaitClose(BOUND);
          }
        });
  }

  /** Sends each message on one connection, which must survive every error. */
  private void assertRejected(String code, String... messages) {
    try (LiveReader reader = arena.live()) {
      for (String message : messages) {
        reader.send(message);
        assertError(code, reader.nextJson(BOUND), message);
      }
      assertPong(reader);
    }
  }

  /** Sets the stored number of subscriptions instead of creating each. */
  private void tooManySubscriptions() {
    try (LiveRun run = LiveRun.start();
        LiveRun other = LiveRun.start();
        LiveReader reader = arena.live();
        Jedis redis = stack.redis();
        DynamoDbClient tables = stack.tables()) {
      reader.subscribe(run.id(), LiveRun.EVENTS_BEFORE_MODEL + 1);
      assertPong(reader);
      String connection = redis.zrange(run.key("subscribers"), 0, -1).getFirst();
      tables.updateItem(
          update ->
              update
                  .tableName(stack.stack().resource("ConnectionsTable"))
                  .key(
                      Map.of(
                          "connection_id", AttributeValue.fromS(connection),
                          "run_id", AttributeValue.fromS("-")))
                  .updateExpression("SET subscriptions = :count")
                  .expressionAttributeValues(
                      Map.of(
                          ":count",
                          AttributeValue.fromN(String.valueOf(Connections.MAX_SUBSCRIPTIONS)))));

      reader.subscribe(other.id(), 1);
      assertError("too_many_subscriptions", reader.nextJson(BOUND), "one too many");
      assertEquals(List.of(), redis.zrange(other.key("subscribers"), 0, -1));
      reader.subscribe(run.id(), LiveRun.EVENTS_BEFORE_MODEL); // moves an existing subscription
      assertEquals(
          LiveRun.EVENTS_BEFORE_MODEL, Envelope.allIn(reader.next(BOUND)).getFirst().seq());
      reader.send("{\"action\":\"unsubscribe\",\"run_id\":\"%s\"}".formatted(run.id()));
      reader.subscribe(other.id(), 1);
      assertEquals(1, Envelope.allIn(reader.next(BOUND)).getFirst().seq());
    }
  }

  private void tooManyReaders() {
    try (LiveRun run = LiveRun.start();
        LiveReader reader = arena.live();
        Jedis redis = stack.redis()) {
      run.holdFanOut(redis); // so that no fan-out finds that these connections do not exist
      reader.subscribe(run.id(), 1); // stamps the cursors
      assertPong(reader);
      redis.zadd(
          run.key("subscribers"),
          IntStream.range(0, Subscribers.MAX_READERS)
              .boxed()
              .collect(Collectors.toMap(number -> "reader-" + number, _ -> 1.0)));
      reader.send("{\"action\":\"unsubscribe\",\"run_id\":\"%s\"}".formatted(run.id()));
      assertPong(reader);

      reader.subscribe(run.id(), 1);
      assertError("too_many_readers", reader.nextJson(BOUND), "one too many");
      assertEquals(Subscribers.MAX_READERS, redis.zcard(run.key("subscribers")));
      redis.zrem(run.key("subscribers"), "reader-0");
      reader.subscribe(run.id(), 1);
      assertPong(reader);
      redis.del(run.key("subscribers"));
      run.releaseFanOut(redis);
      reader.subscribe(run.id(), 1);
      assertEquals(1, Envelope.allIn(reader.next(BOUND)).getFirst().seq());
    }
  }

  private void tooManyRequests() {
    try (LiveReader reader = arena.live();
        LiveReader other = arena.live()) {
      for (int i = 0; i < Subscribers.MAX_ADMISSIONS_PER_RUN; i++) {
        reader.subscribe(finished, lastSeq + 1);
        assertEquals("closed", reader.nextJson(BOUND).path("type").asText());
      }
      reader.subscribe(finished, 1);
      assertError("too_many_requests", reader.nextJson(BOUND), "one too many");
      assertPong(reader);
      other.subscribe(finished, lastSeq + 1); // a client that reconnects
      assertEquals("closed", other.nextJson(BOUND).path("type").asText());
    }
  }

  private void behind() {
    try (LiveRun run = LiveRun.start();
        LiveReader reader = arena.live()) {
      stack.withoutRedis(
          () -> {
            reader.subscribe(run.id(), 1);
            assertError("behind", reader.nextJson(BOUND), "without Redis");
            assertPong(reader);
          });
      reader.subscribe(run.id(), 1);
      assertEquals(LiveRun.EVENTS_BEFORE_MODEL, Envelope.allIn(reader.next(BOUND)).size());
    }
  }

  private void unavailable() {
    try (LiveRun run = LiveRun.start();
        LiveReader reader = arena.live()) {
      Runnable restore = stack.stack().revoke("stream-events", "InvokeItself");
      try {
        reader.subscribe(run.id(), 1);
        assertError("unavailable", reader.nextJson(BOUND), "no fan-out can be invoked");
        assertPong(reader);
      } finally {
        restore.run();
      }
      reader.subscribe(run.id(), 1);
      assertEquals(LiveRun.EVENTS_BEFORE_MODEL, Envelope.allIn(reader.next(BOUND)).size());
    }
  }

  /** An invalid status in the row is the only internal error that a test can cause from outside. */
  private void internalError() {
    try (LiveRun run = LiveRun.start();
        LiveReader reader = arena.live()) {
      stack.set(run.id(), "status", "invalid");
      try {
        reader.subscribe(run.id(), 1);
        assertError("internal_error", reader.nextJson(BOUND), "invalid row");
        assertPong(reader);
      } finally {
        stack.set(run.id(), "status", "running");
      }
      reader.subscribe(run.id(), 1);
      assertEquals(LiveRun.EVENTS_BEFORE_MODEL, Envelope.allIn(reader.next(BOUND)).size());
    }
  }

  private static void assertError(String code, JsonNode answer, String message) {
    assertEquals("error", answer.path("type").asText(), () -> message + " → " + answer);
    assertEquals(code, answer.path("code").asText(), () -> message + " → " + answer);
    ObjectNode documented = PROTOCOL.serverExample("error").deepCopy();
    if (!answer.has("run_id")) {
      assertFalse(WITH_RUN_ID.contains(code), () -> message + " → " + answer);
      documented.remove("run_id");
    }
    assertEquals(Protocol.shape(documented), Protocol.shape(answer), message);
    assertFalse(answer.get("message").textValue().contains("Exception"), message);
  }

  private static void assertPong(LiveReader reader) {
    reader.send(PING);
    assertEquals("{\"type\":\"pong\"}", reader.next(BOUND));
  }
}
