package arena.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.local.client.ArenaClient;
import arena.local.client.LiveReader;
import arena.run.RunId;
import arena.runtime.AwsClients;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.sfn.SfnClient;
import software.amazon.awssdk.services.sfn.model.ExecutionStatus;

/** What the reaper ends and deletes, and its log lines. */
final class ReaperTest {
  private static final Duration BOUND = Duration.ofSeconds(60);
  private static final Duration LONGER_THAN_THE_GRACE = Duration.ofMinutes(31);
  private static final JsonMapper MAPPER = new JsonMapper();

  private final AcceptanceStack stack = AcceptanceStack.shared();
  private final ArenaClient arena = stack.client();

  private JsonNode reap() {
    return stack.invoke("reap-runs", Samples.read("reap-runs.json"));
  }

  private static Instant longAgo() {
    return Instant.now().minus(LONGER_THAN_THE_GRACE);
  }

  /** The fields of the reaper's log line for a run or connection. */
  private JsonNode logLine(String field, String value) {
    try (Stream<String> lines = Files.lines(stack.stack().log("reap-runs"))) {
      for (String line : lines.filter(text -> text.contains(value)).toList()) {
        JsonNode fields = MAPPER.readTree(line);
        if (fields.path(field).asText().equals(value) && fields.has("action")) {
          return fields;
        }
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    throw new AssertionError("no log line for " + value);
  }

  private static boolean has(Jedis redis, String runId) {
    return !redis.keys("arena:run:" + runId + ":*").isEmpty();
  }

  @Test
  void postponesTheExpiryOfARunThatCannotBeArchived() {
    String run = stack.operator().begin(1, longAgo());
    Runnable restore = stack.stack().revoke("ReplayStateMachine", "InvokeTurnAndFinalize");
    try (DynamoDbClient tables = stack.tables()) {
      reap();
      assertEquals("failed", arena.get("/runs/" + run).expect(200).path("status").asText());
      stack.setTime(run, "ended_at", longAgo());
      Map<String, AttributeValue> entry =
          Map.of("run_id", AttributeValue.fromS(run), "position", AttributeValue.fromN("0"));
      String journal = stack.stack().resource("JournalTable");
      Instant soon = Instant.now().plus(Duration.ofDays(1));
      tables.updateItem(
          update ->
              update
                  .tableName(journal)
                  .key(entry)
                  .updateExpression("SET expires_at = :soon")
                  .expressionAttributeValues(
                      Map.of(":soon", AttributeValue.fromN(Long.toString(soon.getEpochSecond())))));
      reap();
      long expiry =
          Long.parseLong(
              tables
                  .getItem(get -> get.tableName(journal).key(entry).consistentRead(true))
                  .item()
                  .get("expires_at")
                  .n());
      assertTrue(expiry > Instant.now().plus(Duration.ofDays(29)).getEpochSecond());
    } finally {
      restore.run();
    }
    arena.awaitEnd(run, Duration.ofMinutes(2));
  }

  @Test
  void deletesKeysOfUnknownRunsAndKeepsLiveOnes() {
    String orphan = RunId.of(UUID.randomUUID()).value();
    try (LiveRun live = LiveRun.start();
        Jedis redis = stack.redis()) {
      redis.set("arena:run:" + orphan + ":open", "{}");
      redis.set("arena:run:" + orphan + ":seq", "1");
      redis.xadd("arena:run:" + orphan + ":events", Map.of("envelope", "{}"), params());
      redis.zadd("arena:run:" + orphan + ":subscribers", 1, "unknown");
      assertTrue(reap().get("strays").intValue() >= 1);
      JsonNode operations = arena.get("/operations").expect(200);
      assertTrue(operations.at("/reaper/actions/stray_dropped").intValue() >= 1);
      assertEquals("available", operations.at("/broker/status").textValue());
      assertTrue(operations.at("/broker/used_memory_bytes").longValue() > 0);
      assertFalse(has(redis, orphan));
      assertEquals(3, redis.exists(live.key("open"), live.key("seq"), live.key("events")));
      assertEquals("stray_dropped", logLine("run_id", orphan).get("action").textValue());
      assertEquals(
          "run is not in the catalog", logLine("run_id", orphan).get("reason").textValue());
      live.play();
    }
  }

  private static redis.clients.jedis.params.XAddParams params() {
    return new redis.clients.jedis.params.XAddParams().id("1-0");
  }

  @Test
  void deletesClosedConnectionsAndKeepsOpenOnes() {
    try (LiveRun run = LiveRun.start();
        LiveReader reader = arena.live();
        Jedis redis = stack.redis();
        DynamoDbClient tables = stack.tables()) {
      reader.subscribe(run.id(), 1);
      reader.next(BOUND);
      String dead = "dead-" + RunId.of(UUID.randomUUID());
      String half = "half-" + RunId.of(UUID.randomUUID());
      put(tables, dead, "-", Map.of("subscriptions", AttributeValue.fromN("1")));
      put(tables, dead, run.id(), Map.of());
      put(tables, half, run.id(), Map.of());
      redis.zadd(run.key("subscribers"), Map.of(dead, 1.0, half, 1.0, "without-a-row", 1.0));
      reap();
      assertEquals(1, redis.zcard(run.key("subscribers")), "only the open connection");
      assertEquals(List.of(), rows(tables, dead));
      assertEquals(List.of(), rows(tables, half));
      assertEquals(
          "connection_forgotten", logLine("connection_id", dead).get("action").textValue());
      assertEquals(
          "reader_forgotten", logLine("connection_id", "without-a-row").get("action").textValue());
      assertEquals(run.id(), logLine("connection_id", "without-a-row").get("run_id").textValue());
      run.play();
      reader.next(BOUND);
    }
  }

  @Test
  void wakesTheFanOutOfAPendingSubscription() {
    try (LiveRun run = LiveRun.start();
        DynamoDbClient tables = stack.tables()) {
      String reader = "pending-" + RunId.of(UUID.randomUUID());
      put(
          tables,
          reader,
          "-",
          Map.of("subscriptions", AttributeValue.fromN("1")),
          Duration.ofSeconds(1));
      put(
          tables,
          reader,
          run.id(),
          Map.of("pending_from", AttributeValue.fromN("1")),
          Duration.ofSeconds(1));
      reap();
      // The fan-out adopts the subscription, and finds that its connection is gone.
      Instant deadline = Instant.now().plus(BOUND);
      while (!rows(tables, reader).isEmpty()) {
        assertTrue(Instant.now().isBefore(deadline), "the subscription is still pending");
      }
      run.play();
    }
  }

  /** Writes the row of a connection that is five minutes old; rows expire after three hours. */
  private void put(
      DynamoDbClient tables, String connectionId, String runId, Map<String, AttributeValue> more) {
    put(tables, connectionId, runId, more, Duration.ofMinutes(5));
  }

  private void put(
      DynamoDbClient tables,
      String connectionId,
      String runId,
      Map<String, AttributeValue> more,
      Duration age) {
    Instant expiry = Instant.now().plus(Duration.ofHours(3)).minus(age);
    Map<String, AttributeValue> item = new java.util.HashMap<>(more);
    item.put("connection_id", AttributeValue.fromS(connectionId));
    item.put("run_id", AttributeValue.fromS(runId));
    item.put("expires_at", AttributeValue.fromN(Long.toString(expiry.getEpochSecond())));
    tables.putItem(put -> put.tableName(stack.stack().resource("ConnectionsTable")).item(item));
  }

  private List<Map<String, AttributeValue>> rows(DynamoDbClient tables, String connectionId) {
    return tables
        .query(
            query ->
                query
                    .tableName(stack.stack().resource("ConnectionsTable"))
                    .keyConditionExpression("connection_id = :id")
                    .expressionAttributeValues(Map.of(":id", AttributeValue.fromS(connectionId))))
        .items();
  }

  @Test
  void endsRunWithHangingModelAndStopsItsExecution() {
    String runId = arena.startRun("{\"n_turns\":10,\"profile\":{\"model\":\"openai:hang\"}}");
    try (LiveReader reader = arena.live();
        SfnClient stepFunctions = AwsClients.stepFunctions()) {
      reader.subscribe(runId, 1);
      reader.next(BOUND);
      stack.setTime(runId, "last_ts", longAgo());
      reap();
      LiveReader.Closed closed = reader.untilClosed(runId, BOUND, _ -> {});
      assertEquals("failed", closed.status());
      JsonNode row = arena.get("/runs/" + runId).expect(200);
      assertEquals("Abandoned", row.at("/error/code").textValue());
      assertEquals(closed.lastSeq(), arena.events(runId, 1).size());
      assertFalse(row.get("db_path").textValue().isEmpty(), "archived");
      String machine = stack.stack().resource("ReplayStateMachine");
      String execution = machine.replace(":stateMachine:", ":execution:") + ":" + runId;
      assertEquals(
          ExecutionStatus.ABORTED,
          stepFunctions.describeExecution(describe -> describe.executionArn(execution)).status());
      assertEquals("abandoned", logLine("run_id", runId).get("action").textValue());
      assertTrue(
          arena
              .get("/operations")
              .expect(200)
              .at("/reaper/ended")
              .findValuesAsText("run_id")
              .contains(runId));
    }
  }

  /** The creating function died before it started the replay. */
  @Test
  void endsRunWhoseExecutionNeverStarted() {
    String run = stack.operator().begin(10, longAgo());
    reap();
    JsonNode row = arena.awaitEnd(run, BOUND);
    assertEquals("failed", row.get("status").textValue());
    assertEquals("NotStarted", row.at("/error/code").textValue());
    assertFalse(row.get("db_path").textValue().isEmpty());
  }

  @Test
  void countersStayCorrectWhenTheBrokerLosesData() {
    stack.awaitNoRuns();
    long before = published();
    try (LiveRun live = LiveRun.start();
        Jedis redis = stack.redis()) {
      String ended = arena.startRun("{\"n_turns\":3}");
      long played = arena.awaitEnd(ended, BOUND).get("n_events").longValue();
      assertEquals(before + played + LiveRun.EVENTS_BEFORE_MODEL, published());
      assertEquals(1, open());

      redis.flushAll();
      assertEquals(before + played + LiveRun.EVENTS_BEFORE_MODEL, published());
      assertEquals(1, open());

      live.play(); // refills the buffer
      long now = live.row().get("n_events").longValue();
      assertTrue(now > LiveRun.EVENTS_BEFORE_MODEL);
      assertEquals(before + played + now, published());

      redis.keys("arena:run:" + live.id() + ":*").forEach(redis::del); // as an operator does
      live.play();
      now = live.row().get("n_events").longValue();
      assertEquals(before + played + now, published());
      assertEquals(1, open());

      stack.setTime(ended, "ended_at", longAgo());
      reap();
      assertEquals(before + played + now, published(), "a freed run still counts");
      live.fail();
      assertEquals(0, open());
      assertEquals(before + played + now, published());
    }
  }

  private long published() {
    return arena.get("/metrics").expect(200).get("events_published").longValue();
  }

  private long open() {
    return arena.get("/metrics").expect(200).get("runs_open").longValue();
  }
}
