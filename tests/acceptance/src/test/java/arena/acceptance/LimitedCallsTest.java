package arena.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.access.CallCounts;
import arena.access.CallLimits;
import arena.access.Role;
import arena.http.RouteTable;
import arena.local.client.ArenaClient;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.http.WebSocketHandshakeException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * A call above a token's limit: 429, and nothing else happens. What the calls are about is being
 * played meanwhile, so that each would change something.
 */
final class LimitedCallsTest {
  private static final String NONE = "0".repeat(32);
  private static final String ARMS =
      "\"arms\":[{\"name\":\"a\"},{\"name\":\"b\",\"mutation\":{\"food\":900}}]";

  private static HeldRace race;
  private static String experimentId;

  private final AcceptanceStack acceptance = AcceptanceStack.shared();
  private final String table = acceptance.stack().resource("IdempotencyTable");

  /**
   * A request.
   *
   * @param body of a POST; empty for a GET
   */
  private record Call(String path, Optional<String> body) {
    static Call get(String path) {
      return new Call(path, Optional.empty());
    }

    static Call post(String path, String body) {
      return new Call(path, Optional.of(body));
    }

    ArenaClient.Answer send(ArenaClient client) {
      return body.isPresent() ? client.post(path, body.get()) : client.get(path);
    }

    /** The same call, without effect: about nothing, or with a body that is not JSON. */
    Call harmless() {
      String about = path.replaceAll("[0-9a-f]{32}", NONE);
      return body.isPresent() && about.equals(path) ? post(path, "{") : new Call(about, body);
    }
  }

  @BeforeAll
  static void holdComparisons() {
    race = HeldRace.start(AcceptanceStack.shared().client());
    ArenaClient arena = AcceptanceStack.shared().client();
    experimentId =
        arena
            .post(
                "/experiments",
                """
                {%s"replicas":1,"n_turns":1,"arms":[{"name":"a","profile":%s},
                {"name":"b","mutation":{"food":900},"profile":%s}]}"""
                    .formatted(parent(), race.profile(), race.profile()))
            .expect(202)
            .path("experiment_id")
            .asText();
  }

  @AfterAll
  static void endComparisons() {
    race.release();
    AcceptanceStack.shared().awaitNoRuns();
  }

  private static String parent() {
    return "\"parent_run_id\":\"" + PlayedRuns.shared().parent() + "\",\"parent_t\":1,";
  }

  /** A valid call to each limited route. */
  private static Map<String, Call> calls() {
    String run = "/runs/" + race.runId();
    String experiment = "/experiments/" + experimentId;
    Map<String, Call> calls = new TreeMap<>();
    calls.put("POST /runs", Call.post("/runs", "{\"n_turns\":0}"));
    calls.put("POST /forks", Call.post("/forks", "{" + parent() + "\"n_turns\":0}"));
    calls.put("POST /experiments", Call.post("/experiments", "{" + parent() + ARMS + "}"));
    calls.put(
        "POST /experiments/{experiment_id}/replicas",
        Call.post(experiment + "/replicas", "{\"replicas\":2}"));
    calls.put("POST /experiments/{experiment_id}/cancel", Call.post(experiment + "/cancel", "{}"));
    calls.put(
        "POST /races",
        Call.post("/races", "{\"profiles\":[{\"name\":\"a\"},{\"name\":\"b\"}],\"n_turns\":1}"));
    calls.put("POST /races/{race_id}/cancel", Call.post("/races/" + race.id() + "/cancel", "{}"));
    calls.put("POST /runs/{run_id}/stop", Call.post(run + "/stop", "{}"));
    calls.put("POST /tickets", Call.post("/tickets", "{}"));
    calls.put("GET /runs/{run_id}/diagnosis", Call.get(run + "/diagnosis"));
    calls.put("GET /runs/{run_id}/report", Call.get(run + "/report"));
    calls.put("GET /runs/{run_id}/export", Call.get(run + "/export"));
    calls.put("GET /runs/series", Call.get("/runs/series?run_id=" + race.runId()));
    calls.put("GET /replays", Call.get("/replays"));
    calls.put("GET /operations", Call.get("/operations"));
    calls.put("GET /experiments/{experiment_id}", Call.get(experiment));
    calls.put("GET /races/{race_id}", Call.get("/races/" + race.id()));
    calls.put("GET /rankings", Call.get("/rankings"));
    return calls;
  }

  @Test
  void coversEveryLimitedRoute() {
    TreeSet<String> limited = new TreeSet<>(RouteTable.KEYS);
    limited.removeIf(key -> RouteTable.callsPerMinute(key).isEmpty());
    assertEquals(limited, calls().keySet());
  }

  private static List<String> routes() {
    return RouteTable.KEYS.stream()
        .filter(key -> RouteTable.callsPerMinute(key).isPresent())
        .sorted()
        .toList();
  }

  @ParameterizedTest
  @MethodSource("routes")
  void rejectsCallsAboveTheLimitWithoutEffect(String route) {
    int limit = RouteTable.callsPerMinute(route).orElseThrow();
    Call call = calls().get(route);
    acceptance.withTokens(
        () -> {
          String token = token();
          try (ArenaClient limited = acceptance.client(Optional.of(token));
              ArenaClient other = acceptance.client(Optional.of(token()))) {
            assertNotEquals(429, call.harmless().send(limited).status());
            raiseCount(token, route, limit);
            String before = state(other);

            ArenaClient.Answer rejected = call.send(limited);

            assertEquals(429, rejected.status(), rejected.text());
            JsonNode error = rejected.json().path("error");
            assertEquals("too_many_calls", error.path("code").asText(), rejected.text());
            assertEquals(
                String.format(Locale.ROOT, "%d calls a minute for each token", limit),
                error.path("limit").asText());
            int wait =
                Integer.parseInt(
                    rejected.response().headers().firstValue("retry-after").orElseThrow());
            assertTrue(wait >= 1 && wait <= 61, () -> "retry-after: " + wait);
            assertEquals(1, rejected.json().size(), rejected.text());
            assertEquals(before, state(other));
            assertNotEquals(429, call.harmless().send(other).status(), "another token");
          }
        });
  }

  @Test
  void rejectsConnectionsAboveTheLimit() {
    acceptance.withTokens(
        () -> {
          String token = token();
          try (ArenaClient viewer = acceptance.client(Optional.of(token))) {
            viewer.live().close();
            raiseCount(token, "$connect", CallLimits.CONNECTIONS);
            try {
              viewer.live().close();
              throw new AssertionError("connected above the limit");
            } catch (CompletionException e) {
              if (!(e.getCause() instanceof WebSocketHandshakeException refused)) {
                throw e;
              }
              assertEquals(429, refused.getResponse().statusCode());
            }
          }
        });
  }

  private String token() {
    return acceptance.stack().createToken(Role.OPERATOR, "limited");
  }

  /** What calls could change: lists, the comparisons that are played, and the run that is. */
  private static String state(ArenaClient arena) {
    StringBuilder state = new StringBuilder();
    for (String path :
        List.of(
            "/runs?limit=100",
            "/experiments",
            "/races",
            "/runs/" + race.runId(),
            "/races/" + race.id(),
            "/experiments/" + experimentId)) {
      JsonNode json = arena.get(path).expect(200);
      if (json instanceof ObjectNode object) {
        object.remove("as_of"); // the time of the answer
      }
      state.append(json).append('\n');
    }
    return state.toString();
  }

  /** Sets a token's count of calls to a route in this minute, which it has called, and the next. */
  private void raiseCount(String token, String route, int count) {
    String prefix = "calls " + token.split("_", -1)[1] + " " + route + " ";
    DynamoDbClient dynamo = acceptance.tables();
    List<Map<String, AttributeValue>> items =
        dynamo
            .scanPaginator(
                scan ->
                    scan.tableName(table)
                        .filterExpression("begins_with(#key, :prefix)")
                        .expressionAttributeNames(Map.of("#key", "request"))
                        .expressionAttributeValues(Map.of(":prefix", AttributeValue.fromS(prefix))))
            .items()
            .stream()
            .toList();
    assertFalse(items.isEmpty(), () -> "no count " + prefix);
    Map<String, AttributeValue> item = new TreeMap<>(items.getFirst());
    long window = Long.parseLong(item.get("request").s().substring(prefix.length()));
    item.put("calls", AttributeValue.fromN(Integer.toString(count)));
    for (long at : List.of(window, window + CallCounts.WINDOW.toSeconds())) {
      item.put("request", AttributeValue.fromS(prefix + at));
      dynamo.putItem(put -> put.tableName(table).item(item));
    }
  }
}
