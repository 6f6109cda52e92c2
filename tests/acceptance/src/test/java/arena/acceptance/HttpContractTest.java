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
 * openapi.yaml against the whole stack: every call answers as it is described, with nothing that is
 * not; every bad request gets its documented error, and changes nothing.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HttpContractTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final OpenApi OPEN_API = OpenApi.read();
  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  /** The second run that samples are about. */
  private static final String OTHER_RUN = "5eed0000000000000000000000000002";

  private static final String NOBODY = "0123456789abcdef0123456789abcdef";

  private final ArenaClient arena = AcceptanceStack.shared().client();
  private String parent;
  private String fork;
  private String failed;

  @BeforeAll
  void play() {
    parent = arena.startRun("{\"n_turns\":5,\"scenario\":\"late-start\",\"label\":\"the parent\"}");
    failed = arena.startRun("{\"n_turns\":1,\"profile\":{\"model\":\"openai:refuse\"}}");
    arena.awaitEnd(parent, PATIENCE);
    fork =
        arena.startFork(
            """
            {"parent_run_id":"%s","parent_t":2,"n_turns":2,"reason":"what if",
             "mutation":{"food":1500,"pop_cap":40,"age":"Feudal Age"}}
            """
                .formatted(parent));
    arena.awaitEnd(fork, PATIENCE);
    arena.awaitEnd(failed, PATIENCE);
  }

  /**
   * A request, and how it is to be answered.
   *
   * @param routeKey the call that it is of
   */
  private record Exchange(
      String routeKey, String path, Optional<String> body, int status, String code) {
    static Exchange get(String routeKey, String path) {
      return new Exchange(routeKey, path, Optional.empty(), 200, "");
    }

    static Exchange refusedGet(String routeKey, String path, int status, String code) {
      return new Exchange(routeKey, path, Optional.empty(), status, code);
    }

    static Exchange refusedPost(String routeKey, String body, int status, String code) {
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
  void whatIsReadIsAsDescribed() {
    Set<String> covered = new HashSet<>();
    List<Executable> checks = new ArrayList<>();
    for (Exchange exchange : reads()) {
      covered.add(exchange.routeKey());
      checks.add(() -> answersAsDescribed(exchange));
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
  void whatIsStartedIsAsDescribed() {
    ArenaClient.Answer run = arena.post("/runs", "{\"n_turns\":0}");
    String runId = run.expect(202).get("run_id").textValue();
    assertDescribed("GET /runs/{run_id}", arena.get("/runs/" + runId)); // it has only just begun
    arena.awaitEnd(runId, PATIENCE);
    ArenaClient.Answer child =
        arena.post(
            "/forks", "{\"parent_run_id\":\"%s\",\"parent_t\":0,\"n_turns\":0}".formatted(parent));
    JsonNode accepted = child.expect(202);
    JsonNode row = arena.awaitEnd(accepted.get("child_run_id").textValue(), PATIENCE);

    assertDescribed("POST /runs", run);
    assertDescribed("POST /forks", child);
    assertEquals(row.get("db_path"), accepted.get("db_path"));
    assertEquals(row.get("profile"), accepted.get("profile_used"));
  }

  /** Whether the sample of this name is fed to its function here. */
  static boolean isFed(String sample) {
    return sample.startsWith("create-")
        || sample.startsWith("read-runs-")
        || sample.startsWith("diagnose-run-");
  }

  /** The same files that {@code sam local invoke} is given, about runs that are here. */
  @Test
  void samplesAreAnsweredAsDescribed() throws Exception {
    List<String> samples = Samples.names().stream().filter(HttpContractTest::isFed).toList();
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
      boolean stop = routeKey.endsWith("/stop"); // of a run that has ended
      assertTrue(
          (stop ? Set.of(409) : Set.of(200, 202)).contains(status), () -> sample + ": " + text);
      assertDescribed(
          routeKey,
          status,
          response.get("headers").get("content-type").textValue(),
          text,
          MAPPER.readTree(text));
    }
    AcceptanceStack.shared().awaitQuiet();
  }

  @Test
  void aForkTellsWhatItIs() {
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
  void aRunThatFailedTellsWhy() {
    JsonNode row = arena.get("/runs/" + failed).expect(200);

    assertEquals("failed", row.get("status").textValue());
    assertFalse(row.get("error").get("code").textValue().isEmpty());
    assertFalse(row.get("error").get("message").textValue().contains("Exception"));
    assertEquals("{\"turns_played\":0,\"n_turns\":1}", row.get("progress").toString());
  }

  @Test
  void listsAreReadToTheirEndPageByPage() {
    for (String path : List.of("/runs", "/runs/summaries")) {
      List<String> inLargePages = list(path, 100);
      List<String> inSmallPages = list(path, 2);

      assertTrue(inLargePages.containsAll(List.of(parent, fork, failed)), path);
      assertEquals(inLargePages, inSmallPages, path);
      assertEquals(new HashSet<>(inLargePages).size(), inLargePages.size(), path);
    }
  }

  /** The ids of a list, read as a client does: from one Link to the next. */
  private List<String> list(String path, int limit) {
    List<String> ids = new ArrayList<>();
    String next = String.format(Locale.ROOT, "%s?limit=%d", path, limit);
    for (int page = 0; !next.isEmpty(); page++) {
      assertTrue(page < 500, "pages have no end");
      ArenaClient.Answer answer = arena.get(next);
      answer.expect(200).forEach(row -> ids.add(row.get("run_id").textValue()));
      next = answer.response().headers().firstValue("link").map(this::target).orElse("");
    }
    return ids;
  }

  @ParameterizedTest
  @MethodSource("pageSizes")
  void eventsAreReadFromAnywhereInPagesOfAnySize(int limit) {
    List<Envelope> whole = arena.events(parent, 1);
    List<Envelope> paged = new ArrayList<>();
    JsonNode next = arena.get("/events?run_id=" + parent).json().get("events").get(0).get("seq");
    for (int page = 0; !next.isNull(); page++) {
      assertTrue(page <= whole.size(), "pages have no end");
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
  void whatIsNotDescribedIsNotServed() {
    for (String path : List.of("/", "/run", "/runs/", "/runs/a/b", "/metric", "/.env", "/live/x")) {
      ArenaClient.Answer answer = arena.get(path);

      assertEquals(404, answer.status(), path);
      assertEquals("unknown_path", answer.json().at("/error/code").textValue(), path);
    }
    for (String path : List.of("/health", "/metrics", "/events", "/runs/" + parent)) {
      assertEquals(404, arena.post(path, "{}").status(), path);
    }
  }

  private List<Exchange> badReads() {
    List<Exchange> bad = new ArrayList<>();
    for (OpenApi.Operation operation : OPEN_API.operations()) {
      if (!operation.method().equals("GET")) {
        continue;
      }
      String key = operation.routeKey();
      String path = operation.path().replace("{run_id}", parent);
      List<String> known = OPEN_API.queryParameters(operation);
      String good = known.contains("run_id") ? "run_id=" + parent + "&" : "";
      bad.add(Exchange.refusedGet(key, path + "?" + good + "colour=blue", 422, "invalid_field"));
      for (String name : known) {
        for (String value : List.of("", "-1", "1.5", "NaN", "1e9", "%00", "x".repeat(2_000))) {
          boolean run = name.equals("run_id");
          String query = run ? name + "=" + value : good + name + "=" + value;
          boolean unknown = run && !value.isEmpty();
          bad.add(
              Exchange.refusedGet(
                  key,
                  path + "?" + query,
                  unknown ? 404 : 422,
                  unknown ? "unknown_run" : "invalid_field"));
        }
      }
      if (known.contains("run_id")) {
        bad.add(Exchange.refusedGet(key, path, 422, "invalid_field"));
        bad.add(Exchange.refusedGet(key, path + "?run_id=" + NOBODY, 404, "unknown_run"));
      }
    }
    for (String id : List.of(NOBODY, "short", parent.toUpperCase(Locale.ROOT), "%20")) {
      bad.add(Exchange.refusedGet("GET /runs/{run_id}", "/runs/" + id, 404, "unknown_run"));
      bad.add(
          Exchange.refusedGet(
              "GET /runs/{run_id}/diagnosis",
              "/runs/%s/diagnosis".formatted(id),
              404,
              "unknown_run"));
      bad.add(
          Exchange.refusedGet(
              "GET /runs/{run_id}/report", "/runs/%s/report".formatted(id), 404, "unknown_run"));
      bad.add(
          new Exchange(
              "POST /runs/{run_id}/stop",
              "/runs/%s/stop".formatted(id),
              Optional.of(""),
              404,
              "unknown_run"));
    }
    String many = "run_id=" + parent + "&";
    bad.add(
        Exchange.refusedGet(
            "GET /runs/series", "/runs/series?" + many.repeat(21), 422, "invalid_field"));
    bad.add(Exchange.refusedGet("GET /events", "/events?" + many.repeat(2), 422, "invalid_field"));
    return bad;
  }

  private List<Exchange> badPosts() {
    List<Exchange> bad = new ArrayList<>();
    for (String key : List.of("POST /runs", "POST /forks")) {
      ObjectNode good = OpenApiTest.minimal(key);
      for (InvalidBodies.Body body :
          new InvalidBodies(OPEN_API)
              .breaking(OPEN_API.requestSchema(OPEN_API.operation(key)), good)) {
        bad.add(Exchange.refusedPost(key, body.json(), 422, "invalid_field"));
      }
      Stream.of("", "no json", "{", "{}{}", "{\"n_turns\":NaN}", "{\"n_turns\":1,\"n_turns\":1}")
          .forEach(body -> bad.add(Exchange.refusedPost(key, body, 400, "bad_json")));
      bad.add(Exchange.refusedPost(key, "[".repeat(30_000) + "]".repeat(30_000), 400, "bad_json"));
      bad.add(Exchange.refusedPost(key, "[]", 422, "invalid_field"));
      bad.add(Exchange.refusedPost(key, "null", 422, "invalid_field"));
      bad.add(
          Exchange.refusedPost(
              key, "{\"x\":\"%s\"}".formatted("x".repeat(65_536)), 413, "body_too_large"));
      bad.add(
          new Exchange(
              key,
              key.replace("POST ", "") + "?n_turns=1",
              Optional.of(good.toString()),
              422,
              "invalid_field"));
    }
    for (String run : List.of(parent, failed)) {
      bad.add(
          new Exchange(
              "POST /runs/{run_id}/stop",
              "/runs/%s/stop".formatted(run),
              Optional.of(""),
              409,
              "run_ended"));
    }
    String fork = "{\"parent_run_id\":\"%s\",\"parent_t\":%d}";
    bad.add(Exchange.refusedPost("POST /forks", fork.formatted(NOBODY, 0), 404, "unknown_run"));
    bad.add(Exchange.refusedPost("POST /forks", fork.formatted(parent, 6), 422, "no_such_turn"));
    bad.add(
        Exchange.refusedPost(
            "POST /forks", fork.formatted(parent, Integer.MAX_VALUE), 422, "no_such_turn"));
    bad.add(Exchange.refusedPost("POST /forks", fork.formatted(this.fork, 1), 422, "no_such_turn"));
    return bad;
  }

  @Test
  void badRequestsGetTheirErrorAndChangeNothing() {
    List<Exchange> bad = new ArrayList<>(badReads());
    bad.addAll(badPosts());
    AcceptanceStack.shared().awaitQuiet();
    JsonNode runs = arena.get("/runs?limit=100").expect(200);
    JsonNode metrics = arena.get("/metrics").expect(200);
    assertTrue(runs.size() > 2, "there are runs that could be changed");

    assertTrue(bad.size() > 300, "every field of every request");
    assertAll(bad.stream().map(exchange -> () -> answersAsDescribed(exchange)));
    assertEquals(runs, arena.get("/runs?limit=100").expect(200));
    JsonNode after = arena.get("/metrics").expect(200);
    for (String counter : List.of("events_published", "runs_open")) {
      assertEquals(metrics.get(counter), after.get(counter), counter);
    }
  }

  @Test
  void bytesThatAreNotUtf8AreRefused() {
    byte[] body = "{\"label\":\"?\"}".getBytes(StandardCharsets.UTF_8);
    body[10] = (byte) 0xff;
    AcceptanceStack.shared().awaitQuiet();
    JsonNode runs = arena.get("/runs?limit=100").expect(200);

    for (String type : List.of("application/json", "application/octet-stream")) {
      ArenaClient.Answer answer =
          arena.send(
              arena
                  .request("/runs")
                  .header("content-type", type)
                  .POST(BodyPublishers.ofByteArray(body)));

      // a gateway that reads the body as text hands over U+FFFD, which no text may hold
      assertTrue(Set.of(400, 422).contains(answer.status()), answer.text());
      assertDescribed("POST /runs", answer);
    }
    assertEquals(runs, arena.get("/runs?limit=100").expect(200));
  }

  private void answersAsDescribed(Exchange exchange) {
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

  /** Fails unless the answer is one that openapi.yaml describes for this call. */
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
    String what = routeKey + " → " + status;
    assertTrue(OPEN_API.statuses(operation).contains(status), what);
    assertEquals("application/json", contentType, what);
    String schema = OPEN_API.responseSchema(operation, status);
    assertEquals(List.of(), OPEN_API.violations(schema, json), what);
    assertEquals(List.of(), OPEN_API.undescribed(schema, json), what);
    if (routeKey.equals("GET /runs/{run_id}/report")) {
      return; // it holds the log's lines, for those who mend the service
    }
    for (String leak : List.of("\\tat ", "Exception", ".java:")) {
      assertFalse(text.contains(leak), what);
    }
  }

  private String target(String link) {
    Matcher next = Pattern.compile("<([^>]+)>; rel=\"next\"").matcher(link);
    assertTrue(next.matches(), link);
    return next.group(1);
  }
}
