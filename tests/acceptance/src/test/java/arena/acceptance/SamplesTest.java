package arena.acceptance;

import static java.util.Map.entry;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.access.AccessToken;
import arena.access.DynamoAccessStore;
import arena.access.Role;
import arena.local.client.ArenaClient;
import arena.local.client.Envelope;
import arena.local.client.LiveReader;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.function.Executable;
import redis.clients.jedis.Jedis;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * Invokes each function with its sample from {@code events/}, with the ids of an existing run and
 * connection. {@link HttpContractTest} covers the samples of HTTP calls.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Order(Orders.FIRST)
final class SamplesTest {
  private static final Duration BOUND = Duration.ofSeconds(60);
  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  private final AcceptanceStack stack = AcceptanceStack.shared();
  private final ArenaClient arena = stack.client();
  private final DynamoDbClient tables = stack.tables();

  /** A run that has ended. */
  private String finished;

  @BeforeAll
  void play() {
    // The caller of the samples.
    new DynamoAccessStore(tables, stack.stack().resource("AccessTable"))
        .create(
            new AccessToken(
                "k3f7q2xa",
                "00".repeat(32),
                Role.OPERATOR,
                "samples",
                Instant.now(),
                Instant.now().plus(Duration.ofDays(1)),
                Optional.empty()));
    finished = arena.startRun("{\"n_turns\":2}");
    arena.awaitEnd(finished, BOUND);
  }

  @AfterAll
  void end() {
    tables.close();
  }

  private Map<String, Executable> checks() {
    return Map.ofEntries(
        entry("authorize-caller-token.json", this::authorizeToken),
        entry("authorize-caller-ticket.json", this::authorizeTicket),
        entry("replay-turn.json", this::replayTurn),
        entry("finalize-run-close.json", this::closeRun),
        entry("finalize-run-complete.json", this::finalizeComplete),
        entry("finalize-run-failed.json", this::finalizeFailed),
        entry("reap-runs.json", this::reap),
        entry("play-cell-claim.json", () -> playCell("play-cell-claim.json")),
        entry("play-cell-start.json", () -> playCell("play-cell-start.json")),
        entry("play-cell-end.json", () -> playCell("play-cell-end.json")),
        entry("play-cell-release.json", () -> playCell("play-cell-release.json")),
        entry("stream-events-connect.json", this::connect),
        entry("stream-events-disconnect.json", this::disconnect),
        entry("stream-events-ping.json", this::ping),
        entry("stream-events-subscribe.json", this::subscribe),
        entry("stream-events-unknown-action.json", this::unknownAction),
        entry("stream-events-unsubscribe.json", this::unsubscribe),
        entry("stream-events-wake.json", this::wake),
        entry("stream-events-recover.json", this::recover),
        entry("stream-events-wake-pending.json", this::wakeForPending));
  }

  /** Repeats a task of a race that is being played, which changes nothing. */
  private void playCell(String sample) {
    String race =
        arena
            .post(
                "/races",
                "{\"profiles\":[{\"name\":\"a\",\"model\":\"scripted:idle\"},{\"name\":\"b\"}],"
                    + "\"scenarios\":[\"balanced\"],\"rounds\":1,\"n_turns\":1}")
            .expect(202)
            .path("race_id")
            .asText();
    JsonNode task =
        AcceptanceStack.shared()
            .invoke(
                "play-cell",
                Samples.read(sample).replace("5eed000000000000000000000000c001", race));
    assertTrue(
        Set.of("play", "wait", "release", "end", "skip", "done", "again", "restart")
            .contains(task.path("action").asText()),
        task.toString());
    PlayedComparisons.awaitEnd(arena, "/races/" + race);
  }

  @TestFactory
  Stream<DynamicTest> samples() {
    return checks().entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .map(check -> DynamicTest.dynamicTest(check.getKey(), check.getValue()));
  }

  @Test
  void coversEverySample() {
    Set<String> invoked = new TreeSet<>(checks().keySet());
    Samples.names().stream().filter(HttpContractTest::isInvoked).forEach(invoked::add);

    assertEquals(Samples.names(), List.copyOf(invoked));
  }

  @Test
  void everyFunctionAndTriggerHasASample() throws Exception {
    Set<String> functions = new TreeSet<>();
    Set<String> httpRoutes = new TreeSet<>();
    Set<String> webSocketRoutes = new TreeSet<>();
    for (String name : Samples.names()) {
      functions.add(Samples.function(name));
      JsonNode event = MAPPER.readTree(Samples.read(name));
      if (event.has("routeKey")) {
        httpRoutes.add(event.get("routeKey").textValue());
      } else if (event.at("/requestContext/routeKey").isTextual()) {
        webSocketRoutes.add(event.at("/requestContext/routeKey").textValue());
      }
    }
    var plan = stack.stack().plan();

    assertEquals(
        plan.functions().stream()
            .map(function -> function.name().replaceFirst("^arena-", ""))
            .collect(Collectors.toCollection(TreeSet::new)),
        functions);
    assertEquals(
        plan.httpApi().orElseThrow().routes().stream()
            .map(route -> route.key())
            .collect(Collectors.toCollection(TreeSet::new)),
        httpRoutes);
    assertEquals(
        new TreeSet<>(plan.webSocketApi().orElseThrow().routes().keySet()), webSocketRoutes);
    assertEquals(1, plan.schedules().size(), "reap-runs.json is the event of the only schedule");
  }

  // ---- authorization

  /** The samples have made-up secrets, which open nothing. */
  private void authorizeToken() {
    JsonNode response =
        stack.invoke("authorize-caller", Samples.read("authorize-caller-token.json"));

    assertEquals("{\"isAuthorized\":true,\"context\":{}}", response.toString());
  }

  private void authorizeTicket() {
    JsonNode response =
        stack.invoke("authorize-caller", Samples.read("authorize-caller-ticket.json"));

    assertEquals("Deny", response.at("/policyDocument/Statement/0/Effect").textValue());
  }

  // ---- replay

  private void replayTurn() {
    try (LiveRun run = LiveRun.start()) {
      String task = Samples.about("replay-turn.json", run.id());
      JsonNode next = stack.invoke("replay-turn", task);

      assertEquals(run.id(), next.get("run_id").textValue());
      assertEquals(1, next.get("t").intValue());
      assertEquals(9, next.get("turns_left").intValue());
      assertFalse(next.get("done").booleanValue());
      List<Envelope> played = arena.events(run.id(), 1);
      assertEquals(played.size() + 1, next.get("seq").intValue());
      assertEquals(
          List.of("turn_start", "observation", "llm_prompt", "llm_response"),
          played.stream().limit(4).map(SamplesTest::kind).toList());
      assertEquals(next, stack.invoke("replay-turn", task), "retried task");
      assertEquals(played, arena.events(run.id(), 1));
    }
  }

  private void closeRun() {
    try (LiveRun run = LiveRun.start();
        Jedis redis = stack.redis()) {
      String event = Samples.about("finalize-run-close.json", run.id());
      assertEquals(
          "java.lang.IllegalStateException", stack.error("finalize-run", event), "not archived");
      assertTrue(redis.exists(run.key("open")), "a running run stays open");
      run.fail();
      assertFalse(redis.exists(run.key("open")));
      assertTrue(stack.invoke("finalize-run", event).get("closed").booleanValue(), "retried task");
    }
    assertEquals(
        "arena.run.UnknownRun",
        stack.error("finalize-run", Samples.read("finalize-run-close.json")),
        "unknown run");
  }

  private void finalizeComplete() {
    try (LiveRun run = LiveRun.start();
        LiveReader reader = arena.live()) {
      run.play();
      List<Envelope> live = arena.events(run.id(), 1);
      reader.subscribe(run.id(), 1);
      String event = Samples.about("finalize-run-complete.json", run.id());
      JsonNode answer = stack.invoke("finalize-run", event);
      stack.invoke("finalize-run", Samples.about("finalize-run-close.json", run.id()));

      LiveReader.Closed closed = reader.untilClosed(run.id(), BOUND, _ -> {});
      assertEquals("complete", closed.status());
      assertEquals(live, closed.events());
      JsonNode row = run.row();
      assertEquals("complete", row.get("status").textValue());
      assertTrue(row.get("db_path").textValue().startsWith("s3://"));
      assertFinalized(row, answer);
      assertEquals(live, arena.events(run.id(), 1), "read from the archive");
      assertEquals(answer, stack.invoke("finalize-run", event), "retried task");
    }
    assertEquals(
        "arena.run.UnknownRun",
        stack.error("finalize-run", Samples.read("finalize-run-complete.json")),
        "unknown run");
  }

  private void finalizeFailed() {
    try (LiveRun run = LiveRun.start();
        LiveReader reader = arena.live()) {
      reader.subscribe(run.id(), 1);
      String event = Samples.about("finalize-run-failed.json", run.id());
      JsonNode answer = stack.invoke("finalize-run", event);
      stack.invoke("finalize-run", Samples.about("finalize-run-close.json", run.id()));

      LiveReader.Closed closed = reader.untilClosed(run.id(), BOUND, _ -> {});
      assertEquals("failed", closed.status());
      assertEquals(LiveRun.EVENTS_BEFORE_MODEL, closed.lastSeq());
      JsonNode row = run.row();
      assertEquals("failed", row.get("status").textValue());
      assertEquals("ModelRefused", row.at("/error/code").textValue());
      assertEquals("the model's API answered 401", row.at("/error/message").textValue());
      assertFinalized(row, answer);
      assertEquals(closed.events(), arena.events(run.id(), 1));
      assertEquals("arena.run.RunNotRunning", run.playFailing(), "turns are rejected");
      assertEquals(answer, stack.invoke("finalize-run", event), "retried task");
    }
  }

  private static void assertFinalized(JsonNode row, JsonNode answer) {
    for (String field : List.of("run_id", "status", "db_path")) {
      assertEquals(row.get(field), answer.get(field), field);
    }
    assertEquals(3, answer.size());
  }

  private void reap() {
    String ended = arena.startRun("{\"n_turns\":1}");
    arena.awaitEnd(ended, BOUND);
    stack.awaitAsyncInvocations(); // a fan-out after the reaper would write a key again
    List<Envelope> events = arena.events(ended, 1);
    Instant longAgo = Instant.now().minus(31, ChronoUnit.MINUTES);
    try (LiveRun silent = LiveRun.start();
        LiveRun alive = LiveRun.start();
        LiveReader reader = arena.live();
        Jedis redis = stack.redis()) {
      stack.setTime(ended, "ended_at", longAgo);
      stack.setTime(silent.id(), "last_ts", longAgo);
      reader.subscribe(silent.id(), 1);
      assertFalse(redis.keys("arena:run:" + ended + ":*").isEmpty());

      JsonNode answer = stack.invoke("reap-runs", Samples.read("reap-runs.json"));

      assertEquals(2, answer.get("runs").intValue());
      assertEquals(0, answer.get("failed").intValue());
      assertEquals(Set.of(), redis.keys("arena:run:" + ended + ":*"), "keys deleted");
      assertEquals(events, arena.events(ended, 1));
      LiveReader.Closed closed = reader.untilClosed(silent.id(), BOUND, _ -> {});
      assertEquals("failed", closed.status());
      assertEquals("Abandoned", silent.row().at("/error/code").textValue());
      assertEquals("arena.run.RunNotRunning", silent.playFailing(), "late turns are rejected");
      assertEquals("running", alive.row().get("status").textValue());
      alive.play();
      answer = stack.invoke("reap-runs", Samples.read("reap-runs.json"));
      assertEquals(0, answer.get("runs").intValue(), "no more runs to reap");
    }
  }

  // ---- stream-events with an unknown connection

  private void connect() {
    invokeStreamEvents(Samples.read("stream-events-connect.json"));

    List<Map<String, AttributeValue>> rows = connection(Samples.CONNECTION);
    assertEquals(1, rows.size());
    assertEquals("-", rows.getFirst().get("run_id").s());
    long expiry = Long.parseLong(rows.getFirst().get("expires_at").n());
    assertTrue(expiry > Instant.now().getEpochSecond(), "expires in the future");
  }

  private void disconnect() {
    try (LiveRun run = LiveRun.start();
        Jedis redis = stack.redis()) {
      run.holdFanOut(redis);
      invokeStreamEvents(Samples.read("stream-events-connect.json"));
      invokeStreamEvents(Samples.about("stream-events-subscribe.json", run.id()));
      assertEquals(2, connection(Samples.CONNECTION).size());
      assertEquals(List.of(Samples.CONNECTION), redis.zrange(run.key("subscribers"), 0, -1));

      invokeStreamEvents(Samples.read("stream-events-disconnect.json"));

      assertEquals(List.of(), connection(Samples.CONNECTION));
      assertEquals(List.of(), redis.zrange(run.key("subscribers"), 0, -1));
      run.releaseFanOut(redis);
    }
  }

  /** The items of a connection and its subscriptions. */
  private List<Map<String, AttributeValue>> connection(String connectionId) {
    return tables
        .query(
            query ->
                query
                    .tableName(stack.stack().resource("ConnectionsTable"))
                    .consistentRead(true)
                    .keyConditionExpression("connection_id = :id")
                    .expressionAttributeValues(Map.of(":id", AttributeValue.fromS(connectionId))))
        .items();
  }

  // ---- stream-events with an open connection

  private void ping() {
    try (LiveReader reader = arena.live()) {
      invokeStreamEvents(Samples.about("stream-events-ping.json", finished, idOf(reader)));

      assertEquals("{\"type\":\"pong\"}", reader.next(BOUND));
    }
  }

  private void unknownAction() {
    try (LiveReader reader = arena.live()) {
      invokeStreamEvents(
          Samples.about("stream-events-unknown-action.json", finished, idOf(reader)));

      JsonNode answer = reader.nextJson(BOUND);
      assertEquals("error", answer.get("type").textValue());
      assertEquals("unknown_action", answer.get("code").textValue());
    }
  }

  private void subscribe() {
    try (LiveReader reader = arena.live()) {
      invokeStreamEvents(Samples.about("stream-events-subscribe.json", finished, idOf(reader)));

      LiveReader.Closed closed = reader.untilClosed(finished, BOUND, _ -> {});
      assertEquals("complete", closed.status());
      assertEquals(arena.events(finished, 1), closed.events());
    }
  }

  private void unsubscribe() {
    try (LiveRun run = LiveRun.start();
        LiveReader reader = arena.live();
        Jedis redis = stack.redis()) {
      reader.subscribe(run.id(), 1);
      assertEquals(LiveRun.EVENTS_BEFORE_MODEL, Envelope.allIn(reader.next(BOUND)).size());
      String id = onlySubscriber(run, redis);

      invokeStreamEvents(Samples.about("stream-events-unsubscribe.json", run.id(), id));

      assertEquals(List.of(), redis.zrange(run.key("subscribers"), 0, -1));
      assertEquals(1, connection(id).size(), "the connection's own item");
      run.play();
      reader.send("{\"action\":\"ping\"}");
      assertEquals("{\"type\":\"pong\"}", reader.next(BOUND), "no event received");
    }
  }

  /** A fan-out adopts a subscription that was made while the broker was unavailable. */
  private void wakeForPending() {
    adoptPending(run -> invokeStreamEvents(Samples.about("stream-events-wake-pending.json", run)));
  }

  /** The recovery wakes the fan-out of a subscription that was made during an outage. */
  private void recover() {
    adoptPending(_ -> invokeStreamEvents(Samples.read("stream-events-recover.json")));
  }

  private void adoptPending(Consumer<String> invoke) {
    try (LiveRun run = LiveRun.start();
        LiveReader reader = arena.live();
        Jedis redis = stack.redis()) {
      reader.subscribe(run.id(), 1);
      List<Envelope> seen = new ArrayList<>(Envelope.allIn(reader.next(BOUND)));
      String id = onlySubscriber(run, redis);
      tables.updateItem(
          update ->
              update
                  .tableName(stack.stack().resource("ConnectionsTable"))
                  .key(
                      Map.of(
                          "connection_id", AttributeValue.fromS(id),
                          "run_id", AttributeValue.fromS(run.id())))
                  .updateExpression("SET pending_from = :from")
                  .expressionAttributeValues(Map.of(":from", AttributeValue.fromN("2"))));
      redis.zrem(run.key("subscribers"), id);

      invoke.accept(run.id());

      assertEquals(seen.subList(1, seen.size()), Envelope.allIn(reader.next(BOUND)));
      assertEquals(id, onlySubscriber(run, redis));
    }
  }

  /** A fan-out invoked by a publish serves a lagging reader. */
  private void wake() {
    try (LiveRun run = LiveRun.start();
        LiveReader reader = arena.live();
        Jedis redis = stack.redis()) {
      reader.subscribe(run.id(), 1);
      List<Envelope> seen = new ArrayList<>(Envelope.allIn(reader.next(BOUND)));
      String id = onlySubscriber(run, redis);
      redis.zadd(run.key("subscribers"), 2, id); // makes the reader lag

      invokeStreamEvents(Samples.about("stream-events-wake.json", run.id()));

      assertEquals(seen.subList(1, seen.size()), Envelope.allIn(reader.next(BOUND)));
      assertEquals(LiveRun.EVENTS_BEFORE_MODEL + 1, redis.zscore(run.key("subscribers"), id));
    }
  }

  private void invokeStreamEvents(String event) {
    assertEquals(
        MAPPER.createObjectNode().put("statusCode", 200), stack.invoke("stream-events", event));
  }

  /** Finds the connection's id, which is not part of any message. */
  private String idOf(LiveReader reader) {
    try (LiveRun run = LiveRun.start();
        Jedis redis = stack.redis()) {
      reader.subscribe(run.id(), LiveRun.EVENTS_BEFORE_MODEL + 1);
      reader.send("{\"action\":\"ping\"}");
      assertEquals("{\"type\":\"pong\"}", reader.next(BOUND), "messages are handled in order");
      String id = onlySubscriber(run, redis);
      reader.send("{\"action\":\"unsubscribe\",\"run_id\":\"%s\"}".formatted(run.id()));
      reader.send("{\"action\":\"ping\"}");
      assertEquals("{\"type\":\"pong\"}", reader.next(BOUND));
      return id;
    }
  }

  private static String onlySubscriber(LiveRun run, Jedis redis) {
    List<String> subscribers = redis.zrange(run.key("subscribers"), 0, -1);
    assertEquals(1, subscribers.size());
    return subscribers.getFirst();
  }

  private static String kind(Envelope envelope) {
    return envelope.fields().get("kind").textValue();
  }
}
