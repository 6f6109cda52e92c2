package arena.acceptance;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.local.client.ArenaClient;
import arena.local.client.Envelope;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Checks the HTTP interface against openapi.yaml: every response is as described, without
 * additional fields, and every invalid request gets its documented error and has no effect.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HttpContractTest {
  private static final Duration BOUND = Duration.ofSeconds(60);
  private static final OpenApi OPEN_API = OpenApi.read();
  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  /** Id of the second run in the sample events. */
  private static final String OTHER_RUN = "5eed0000000000000000000000000002";

  private static final String UNKNOWN_RUN = "0123456789abcdef0123456789abcdef";

  private final ArenaClient arena = AcceptanceStack.shared().client();
  private String parent;
  private String fork;
  private String failed;

  @BeforeAll
  void play() {
    parent = arena.startRun("{\"n_turns\":5,\"scenario\":\"late-start\",\"label\":\"the parent\"}");
    failed = arena.startRun("{\"n_turns\":1,\"profile\":{\"model\":\"openai:refuse\"}}");
    arena.awaitEnd(parent, BOUND);
    fork =
        arena.startFork(
            """
            {"parent_run_id":"%s","parent_t":2,"n_turns":2,"reason":"what if",
             "mutation":{"food":1500,"pop_cap":40,"age":"Feudal Age"}}
            """
                .formatted(parent));
    arena.awaitEnd(fork, BOUND);
    arena.awaitEnd(failed, BOUND);
  }

  /**
   * A request and its expected response.
   *
   * @param routeKey the operation
   */
  private record Exchange(
      String routeKey, String path, Optional<String> body, int status, String code) {
    static Exchange get(String routeKey, String path) {
      return new Exchange(routeKey, path, Optional.empty(), 200, "");
    }

    static Exchange rejectedGet(String routeKey, String path, int status, String code) {
      return new Exchange(routeKey, path, Optional.empty(), status, code);
    }

    static Exchange rejectedPost(String routeKey, String body, int status, String code) {
      return new Exchange(routeKey, routeKey.replace("POST ", ""), Optional.of(body), status, code);
    }

    @Override
    public String toString() {
      String text = body.orElse("");
      return String.format(
          Locale.ROOT,
          "%s %s %s → %d",
          routeKey,
          path,
          text.substring(0, Math.min(80, text.length())),
          status);
    }
  }

  private List<Exchange> reads() {
    List<Exchange> reads = new ArrayList<>();
    reads.add(Exchange.get("GET /health", "/health"));
    reads.add(Exchange.get("GET /metrics", "/metrics"));
    reads.add(Exchange.get("GET /replays", "/replays"));
    reads.add(Exchange.get("GET /runs", "/runs"));
    reads.add(Exchange.get("GET /runs", "/runs?limit=1"));
    reads.add(Exchange.get("GET /runs/summaries", "/runs/summaries"));
    reads.add(
        Exchange.get(
            "GET /runs/series", "/runs/series?run_id=%s&run_id=%s".formatted(parent, fork)));
    for (String run : List.of(parent, fork, failed)) {
      reads.add(Exchange.get("GET /runs/{run_id}", "/runs/" + run));
      reads.add(Exchange.get("GET /runs/{run_id}/diagnosis", "/runs/%s/diagnosis".formatted(run)));
      reads.add(Exchange.get("GET /runs/{run_id}/report", "/runs/%s/report".formatted(run)));
      reads.add(Exchange.get("GET /events", "/events?run_id=" + run));
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
      checks.add(() -> assertResponse(exchange));
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
        || sample.startsWith("diagnose-run-");
  }

  /** Invokes functions with the sample events, with the ids of existing runs. */
  @Test
  void samplesAreAnsweredAsDescribed() throws Exception {
    List<String> samples = Samples.names().stream().filter(HttpContractTest::isInvoked).toList();
    assertFalse(samples.isEmpty());
    for (String sample : samples) {
      String event = Samples.about(sample, parent).replace(OTHER_RUN, fork);
      JsonNode response = AcceptanceStack.shared().invoke(Samples.function(sample), event);
      String routeKey = MAPPER.readTree(event).get("routeKey").textValue();
      int status = response.get("statusCode").intValue();
      String text = response.get("body").textValue();
      if (routeKey.equals("$default")) {
        assertEquals(404, status, sample);
        continue;
      }
      boolean stop = routeKey.endsWith("/stop"); // the run has ended
      assertTrue(
          (stop ? Set.of(409) : Set.of(200, 202)).contains(status), () -> sample + ": " + text);
      assertDescribed(
          routeKey,
          status,
          response.get("headers").get("content-type").textValue(),
          text,
          MAPPER.readTree(text));
    }
    AcceptanceStack.shared().awaitNoRuns();
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

  @Test
  void paginatesLists() {
    for (String path : List.of("/runs", "/runs/summaries")) {
      List<String> inLargePages = list(path, 100);
      List<String> inSmallPages = list(path, 2);

      assertTrue(inLargePages.containsAll(List.of(parent, fork, failed)), path);
      assertEquals(inLargePages, inSmallPages, path);
      assertEquals(new HashSet<>(inLargePages).size(), inLargePages.size(), path);
    }
  }

  /** Reads all ids of a list by following its Link headers. */
  private List<String> list(String path, int limit) {
    List<String> ids = new ArrayList<>();
    String next = String.format(Locale.ROOT, "%s?limit=%d", path, limit);
    for (int page = 0; !next.isEmpty(); page++) {
      assertTrue(page < 500, "too many pages");
      ArenaClient.Answer answer = arena.get(next);
      answer.expect(200).forEach(row -> ids.add(row.get("run_id").textValue()));
      next = answer.response().headers().firstValue("link").map(this::nextPage).orElse("");
    }
    return ids;
  }

  @ParameterizedTest
  @MethodSource("pageSizes")
  void paginatesEvents(int limit) {
    List<Envelope> whole = arena.events(parent, 1);
    List<Envelope> paged = new ArrayList<>();
    JsonNode next = arena.get("/events?run_id=" + parent).json().get("events").get(0).get("seq");
    for (int page = 0; !next.isNull(); page++) {
      assertTrue(page <= whole.size(), "too many pages");
      ArenaClient.Answer answer =
          arena.get(
              String.format(
                  Locale.ROOT,
                  "/events?run_id=%s&from_seq=%d&limit=%d",
                  parent,
                  next.asLong(),
                  limit));
      paged.addAll(Envelope.allIn(answer.text()));
      next = answer.expect(200).get("next_from_seq");
    }

    assertEquals(whole, paged);
    assertEquals(
        IntStream.rangeClosed(1, whole.size()).boxed().toList(),
        paged.stream().map(envelope -> (int) envelope.seq()).toList());
  }

  private static IntStream pageSizes() {
    return IntStream.of(1, 2, 7, 1_000);
  }

  @Test
  void returns404ForUnknownPaths() {
    for (String path : List.of("/", "/run", "/runs/", "/runs/a/b", "/metric", "/.env", "/live/x")) {
      ArenaClient.Answer answer = arena.get(path);

      assertEquals(404, answer.status(), path);
      assertEquals("unknown_path", answer.json().at("/error/code").textValue(), path);
    }
    for (String path : List.of("/health", "/metrics", "/events", "/runs/" + parent)) {
      assertEquals(404, arena.post(path, "{}").status(), path);
    }
  }

  private List<Exchange> invalidReads() {
    List<Exchange> invalid = new ArrayList<>();
    for (OpenApi.Operation operation : OPEN_API.operations()) {
      if (!operation.method().equals("GET")) {
        continue;
      }
      String key = operation.routeKey();
      String path = operation.path().replace("{run_id}", parent);
      List<String> known = OPEN_API.queryParameters(operation);
      String valid = known.contains("run_id") ? "run_id=" + parent + "&" : "";
      invalid.add(
          Exchange.rejectedGet(key, path + "?" + valid + "colour=blue", 422, "invalid_field"));
      for (String name : known) {
        for (String value : List.of("", "-1", "1.5", "NaN", "1e9", "%00", "x".repeat(2_000))) {
          boolean run = name.equals("run_id");
          String query = run ? name + "=" + value : valid + name + "=" + value;
          boolean unknown = run && !value.isEmpty();
          invalid.add(
              Exchange.rejectedGet(
                  key,
                  path + "?" + query,
                  unknown ? 404 : 422,
                  unknown ? "unknown_run" : "invalid_field"));
        }
      }
      if (known.contains("run_id")) {
        invalid.add(Exchange.rejectedGet(key, path, 422, "invalid_field"));
        invalid.add(Exchange.rejectedGet(key, path + "?run_id=" + UNKNOWN_RUN, 404, "unknown_run"));
      }
    }
    for (String id : List.of(UNKNOWN_RUN, "short", parent.toUpperCase(Locale.ROOT), "%20")) {
      invalid.add(Exchange.rejectedGet("GET /runs/{run_id}", "/runs/" + id, 404, "unknown_run"));
      invalid.add(
          Exchange.rejectedGet(
              "GET /runs/{run_id}/diagnosis",
              "/runs/%s/diagnosis".formatted(id),
              404,
              "unknown_run"));
      invalid.add(
          Exchange.rejectedGet(
              "GET /runs/{run_id}/report", "/runs/%s/report".formatted(id), 404, "unknown_run"));
      invalid.add(
          new Exchange(
              "POST /runs/{run_id}/stop",
              "/runs/%s/stop".formatted(id),
              Optional.of(""),
              404,
              "unknown_run"));
    }
    String many = "run_id=" + parent + "&";
    invalid.add(
        Exchange.rejectedGet(
            "GET /runs/series", "/runs/series?" + many.repeat(21), 422, "invalid_field"));
    invalid.add(
        Exchange.rejectedGet("GET /events", "/events?" + many.repeat(2), 422, "invalid_field"));
    return invalid;
  }

  private List<Exchange> invalidPosts() {
    List<Exchange> invalid = new ArrayList<>();
    for (String key : List.of("POST /runs", "POST /forks")) {
      ObjectNode valid = OpenApiTest.minimal(key);
      for (InvalidBodies.Body body :
          new InvalidBodies(OPEN_API)
              .invalid(OPEN_API.requestSchema(OPEN_API.operation(key)), valid)) {
        invalid.add(Exchange.rejectedPost(key, body.json(), 422, "invalid_field"));
      }
      Stream.of("", "no json", "{", "{}{}", "{\"n_turns\":NaN}", "{\"n_turns\":1,\"n_turns\":1}")
          .forEach(body -> invalid.add(Exchange.rejectedPost(key, body, 400, "bad_json")));
      invalid.add(
          Exchange.rejectedPost(key, "[".repeat(30_000) + "]".repeat(30_000), 400, "bad_json"));
      invalid.add(Exchange.rejectedPost(key, "[]", 422, "invalid_field"));
      invalid.add(Exchange.rejectedPost(key, "null", 422, "invalid_field"));
      invalid.add(
          Exchange.rejectedPost(
              key, "{\"x\":\"%s\"}".formatted("x".repeat(65_536)), 413, "body_too_large"));
      invalid.add(
          new Exchange(
              key,
              key.replace("POST ", "") + "?n_turns=1",
              Optional.of(valid.toString()),
              422,
              "invalid_field"));
    }
    for (String run : List.of(parent, failed)) {
      invalid.add(
          new Exchange(
              "POST /runs/{run_id}/stop",
              "/runs/%s/stop".formatted(run),
              Optional.of(""),
              409,
              "run_ended"));
    }
    String fork = "{\"parent_run_id\":\"%s\",\"parent_t\":%d}";
    invalid.add(
        Exchange.rejectedPost("POST /forks", fork.formatted(UNKNOWN_RUN, 0), 404, "unknown_run"));
    invalid.add(
        Exchange.rejectedPost("POST /forks", fork.formatted(parent, 6), 422, "no_such_turn"));
    invalid.add(
        Exchange.rejectedPost(
            "POST /forks", fork.formatted(parent, Integer.MAX_VALUE), 422, "no_such_turn"));
    invalid.add(
        Exchange.rejectedPost("POST /forks", fork.formatted(this.fork, 1), 422, "no_such_turn"));
    return invalid;
  }

  @Test
  void rejectsInvalidRequestsWithoutEffect() {
    List<Exchange> invalid = new ArrayList<>(invalidReads());
    invalid.addAll(invalidPosts());
    AcceptanceStack.shared().awaitNoRuns();
    JsonNode runs = arena.get("/runs?limit=100").expect(200);
    JsonNode metrics = arena.get("/metrics").expect(200);
    assertTrue(runs.size() > 2, "runs that a request could change");

    assertTrue(invalid.size() > 300, "requests for every field");
    assertAll(invalid.stream().map(exchange -> () -> assertResponse(exchange)));
    assertEquals(runs, arena.get("/runs?limit=100").expect(200));
    JsonNode after = arena.get("/metrics").expect(200);
    for (String counter : List.of("events_published", "runs_open")) {
      assertEquals(metrics.get(counter), after.get(counter), counter);
    }
  }

  @Test
  void rejectsInvalidUtf8() {
    byte[] body = "{\"label\":\"?\"}".getBytes(StandardCharsets.UTF_8);
    body[10] = (byte) 0xff;
    AcceptanceStack.shared().awaitNoRuns();
    JsonNode runs = arena.get("/runs?limit=100").expect(200);

    for (String type : List.of("application/json", "application/octet-stream")) {
      ArenaClient.Answer answer =
          arena.send(
              arena
                  .request("/runs")
                  .header("content-type", type)
                  .POST(BodyPublishers.ofByteArray(body)));

      // a gateway that decodes the body as text passes U+FFFD, which is rejected
      assertTrue(Set.of(400, 422).contains(answer.status()), answer.text());
      assertDescribed("POST /runs", answer);
    }
    assertEquals(runs, arena.get("/runs?limit=100").expect(200));
  }

  private void assertResponse(Exchange exchange) {
    ArenaClient.Answer answer =
        exchange
            .body()
            .map(body -> arena.post(exchange.path(), body))
            .orElseGet(() -> arena.get(exchange.path()));

    assertEquals(exchange.status(), answer.status(), () -> exchange + ": " + answer.text());
    if (exchange.status() >= 400) {
      assertEquals(exchange.code(), answer.json().at("/error/code").asText(), exchange::toString);
    }
    assertDescribed(exchange.routeKey(), answer);
  }

  /** Asserts that openapi.yaml describes the response for this operation. */
  static void assertDescribed(String routeKey, ArenaClient.Answer answer) {
    assertDescribed(
        routeKey,
        answer.status(),
        answer.response().headers().firstValue("content-type").orElse("none"),
        answer.text(),
        answer.json());
  }

  private static void assertDescribed(
      String routeKey, int status, String contentType, String text, JsonNode json) {
    OpenApi.Operation operation = OPEN_API.operation(routeKey);
    String context = routeKey + " → " + status;
    assertTrue(OPEN_API.statuses(operation).contains(status), context);
    assertEquals("application/json", contentType, context);
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

  private String nextPage(String link) {
    Matcher next = Pattern.compile("<([^>]+)>; rel=\"next\"").matcher(link);
    assertTrue(next.matches(), link);
    return next.group(1);
  }
}
