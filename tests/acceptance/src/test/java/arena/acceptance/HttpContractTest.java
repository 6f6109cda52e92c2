package arena.acceptance;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.local.client.ArenaClient;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/**
 * Checks the responses of the HTTP interface against openapi.yaml: every response is as described,
 * without additional fields.
 */
class HttpContractTest {
  private static final Duration BOUND = Duration.ofSeconds(60);
  private static final OpenApi OPEN_API = OpenApi.read();
  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  /** Id of the second run in the sample events. */
  private static final String OTHER_RUN = "5eed0000000000000000000000000002";

  /** Ids of the experiment and the race in the sample events. */
  private static final String SAMPLE_EXPERIMENT = "5eed00000000000000000000000000e1";

  private static final String SAMPLE_COMPARISON = "5eed000000000000000000000000c001";
  private static final String SAMPLE_RACE = "5eed00000000000000000000000000a1";

  /** Version of the console in the sample events. */
  private static final String SAMPLE_VERSION = "0123456789abcdef";

  private final ArenaClient arena = AcceptanceStack.shared().client();
  private final String parent = PlayedRuns.shared().parent();
  private final String fork = PlayedRuns.shared().fork();
  private final String failed = PlayedRuns.shared().failed();

  private List<Exchange> reads() {
    List<Exchange> reads = new ArrayList<>();
    reads.add(Exchange.get("GET /", "/"));
    reads.add(Exchange.get("GET /docs", "/docs"));
    reads.add(Exchange.get("GET /openapi.yaml", "/openapi.yaml"));
    reads.add(Exchange.get("GET /deployment", "/deployment"));
    String files = "/console/" + consoleVersion();
    reads.add(Exchange.get("GET /console/{version}/{file}", files + "/docs.js"));
    reads.add(
        Exchange.get("GET /console/{version}/{folder}/{file}", files + "/vendor/swagger-ui.css"));
    reads.add(Exchange.get("GET /health", "/health"));
    reads.add(Exchange.get("GET /metrics", "/metrics"));
    reads.add(Exchange.get("GET /models", "/models"));
    reads.add(Exchange.get("GET /replays", "/replays"));
    reads.add(Exchange.get("GET /operations", "/operations"));
    reads.add(Exchange.get("GET /runs", "/runs"));
    reads.add(Exchange.get("GET /runs", "/runs?limit=1"));
    reads.add(Exchange.get("GET /runs", "/runs?status=failed&text=a"));
    reads.add(Exchange.get("GET /runs", "/runs?parent_run_id=" + parent));
    PlayedComparisons played = PlayedComparisons.shared();
    reads.add(Exchange.get("GET /experiments", "/experiments"));
    reads.add(
        Exchange.get("GET /experiments/{experiment_id}", "/experiments/" + played.experiment()));
    reads.add(Exchange.get("GET /races", "/races?limit=1"));
    reads.add(Exchange.get("GET /races/{race_id}", "/races/" + played.race()));
    reads.add(Exchange.get("GET /rankings", "/rankings?race_id=" + played.race()));
    reads.add(Exchange.get("GET /rankings", "/rankings?source=runs&by=model&samples=0"));
    reads.add(Exchange.get("GET /runs/summaries", "/runs/summaries"));
    reads.add(
        Exchange.get(
            "GET /runs/series", "/runs/series?run_id=%s&run_id=%s".formatted(parent, fork)));
    for (String run : List.of(parent, fork, failed)) {
      reads.add(Exchange.get("GET /runs/{run_id}", "/runs/" + run));
      reads.add(Exchange.get("GET /runs/{run_id}/diagnosis", "/runs/%s/diagnosis".formatted(run)));
      reads.add(Exchange.get("GET /runs/{run_id}/report", "/runs/%s/report".formatted(run)));
      reads.add(Exchange.get("GET /events", "/events?run_id=" + run));
      reads.add(
          Exchange.get("GET /runs/{run_id}/export", "/runs/%s/export?format=jsonl".formatted(run)));
      reads.add(Exchange.get("GET /events", "/events?run_id=%s&from_seq=2&limit=1".formatted(run)));
    }
    return reads;
  }

  @Test
  void readsAreAsDescribed() {
    Set<String> covered = new HashSet<>();
    List<Executable> checks = new ArrayList<>();
    for (Exchange exchange : reads()) {
      covered.add(exchange.routeKey());
      checks.add(() -> exchange.assertResponse(arena));
    }

    assertAll(checks);
    assertEquals(
        OPEN_API.operations().stream()
            .map(OpenApi.Operation::routeKey)
            .filter(routeKey -> routeKey.startsWith("GET "))
            .collect(Collectors.toSet()),
        covered);
  }

  @Test
  void creationsAreAsDescribed() {
    ArenaClient.Answer run = arena.post("/runs", "{\"n_turns\":0}");
    String runId = run.expect(202).get("run_id").textValue();
    assertDescribed("GET /runs/{run_id}", arena.get("/runs/" + runId)); // just created
    arena.awaitEnd(runId, BOUND);
    ArenaClient.Answer child =
        arena.post(
            "/forks", "{\"parent_run_id\":\"%s\",\"parent_t\":0,\"n_turns\":0}".formatted(parent));
    JsonNode accepted = child.expect(202);
    JsonNode row = arena.awaitEnd(accepted.get("child_run_id").textValue(), BOUND);

    assertDescribed("POST /runs", run);
    assertDescribed("POST /forks", child);
    assertEquals(row.get("db_path"), accepted.get("db_path"));
    assertEquals(row.get("profile"), accepted.get("profile_used"));
  }

  /** Whether this test invokes the function of a sample. */
  static boolean isInvoked(String sample) {
    return sample.startsWith("create-")
        || sample.startsWith("read-runs-")
        || sample.startsWith("read-comparisons-")
        || sample.startsWith("serve-console-")
        || sample.startsWith("diagnose-run-");
  }

  /** Invokes functions with the sample events, with the ids of existing runs. */
  @Test
  void samplesAreAnsweredAsDescribed() throws Exception {
    List<String> samples = Samples.names().stream().filter(HttpContractTest::isInvoked).toList();
    assertFalse(samples.isEmpty());
    for (String sample : samples) {
      String event = Samples.about(sample, parent).replace(OTHER_RUN, fork);
      if (sample.contains("comparison")) {
        PlayedComparisons played = PlayedComparisons.shared();
        event =
            event
                .replace(SAMPLE_EXPERIMENT, played.experiment())
                .replace(SAMPLE_RACE, played.race())
                .replace(SAMPLE_COMPARISON, comparisonOf(sample, played));
      }
      if (Samples.function(sample).equals("serve-console")) {
        event = event.replace(SAMPLE_VERSION, consoleVersion());
      }
      JsonNode response = AcceptanceStack.shared().invoke(Samples.function(sample), event);
      String routeKey = MAPPER.readTree(event).get("routeKey").textValue();
      int status = response.get("statusCode").intValue();
      String text = response.get("body").textValue();
      if (routeKey.equals("$default")) {
        assertEquals(sample.endsWith("-other-method.json") ? 405 : 404, status, sample);
        continue;
      }
      boolean stop = routeKey.endsWith("/stop") || routeKey.endsWith("/cancel"); // it has ended
      assertTrue(
          (stop ? Set.of(409) : Set.of(200, 201, 202)).contains(status),
          () -> sample + ": " + text);
      assertDescribed(
          routeKey, status, response.get("headers").get("content-type").textValue(), text);
      cancel(routeKey, text);
    }
    AcceptanceStack.shared().awaitNoRuns();
  }

  /** Cancels a comparison that a sample created; other tests play them to the end. */
  private void cancel(String routeKey, String text) {
    String kind =
        switch (routeKey) {
          case "POST /experiments" -> "experiment";
          case "POST /races" -> "race";
          default -> "";
        };
    if (!kind.isEmpty()) {
      String id = json(text).get(kind + "_id").textValue();
      arena.post("/" + kind + "s/" + id + "/cancel", "{}").expect(202);
    }
  }

  private static String comparisonOf(String sample, PlayedComparisons played) {
    return sample.contains("race") ? played.race() : played.experiment();
  }

  @Test
  void describesFork() {
    JsonNode row = arena.get("/runs/" + fork).expect(200);

    assertEquals(parent, row.get("parent_run_id").textValue());
    assertEquals(2, row.get("parent_t").intValue());
    assertEquals("late-start", row.get("scenario").textValue());
    assertEquals(
        "{\"food\":1500.0,\"pop_cap\":40,\"age\":\"Feudal Age\"}", row.get("mutation").toString());
    assertEquals("what if", row.get("reason").textValue());
    assertEquals("complete", row.get("status").textValue());
    assertEquals("{\"turns_played\":2,\"n_turns\":2}", row.get("progress").toString());
    assertTrue(row.get("error").isNull());
  }

  @Test
  void describesFailedRun() {
    JsonNode row = arena.get("/runs/" + failed).expect(200);

    assertEquals("failed", row.get("status").textValue());
    assertFalse(row.get("error").get("code").textValue().isEmpty());
    assertFalse(row.get("error").get("message").textValue().contains("Exception"));
    assertEquals("{\"turns_played\":0,\"n_turns\":1}", row.get("progress").toString());
  }

  /** Asserts that openapi.yaml describes the response for this operation. */
  static void assertDescribed(String routeKey, ArenaClient.Answer answer) {
    assertDescribed(
        routeKey,
        answer.status(),
        answer.response().headers().firstValue("content-type").orElse("none"),
        answer.text());
  }

  private static void assertDescribed(
      String routeKey, int status, String contentType, String text) {
    OpenApi.Operation operation = OPEN_API.operation(routeKey);
    String context = routeKey + " → " + status;
    assertTrue(OPEN_API.statuses(operation).contains(status), context);
    String mediaType = contentType.replaceFirst(" *;.*", "");
    assertTrue(OPEN_API.mediaTypes(operation, status).contains(mediaType), contentType);
    if (!mediaType.equals("application/json")) {
      return; // a file
    }
    assertEquals("application/json", contentType, context);
    JsonNode json = json(text);
    String schema = OPEN_API.responseSchema(operation, status);
    assertEquals(List.of(), OPEN_API.violations(schema, json), context);
    assertEquals(List.of(), OPEN_API.undescribed(schema, json), context);
    if (routeKey.equals("GET /runs/{run_id}/report")) {
      return; // contains log lines, which may name exceptions
    }
    for (String leak : List.of("\\tat ", "Exception", ".java:")) {
      assertFalse(text.contains(leak), context);
    }
  }

  /** The version that is part of the addresses of the console's files. */
  private String consoleVersion() {
    return arena.get("/deployment").expect(200).get("version").textValue();
  }

  private static JsonNode json(String text) {
    try {
      return MAPPER.readTree(text);
    } catch (JsonProcessingException e) {
      throw new AssertionError("not JSON: " + text, e);
    }
  }
}
