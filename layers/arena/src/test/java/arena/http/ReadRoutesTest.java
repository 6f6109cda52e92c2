package arena.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.access.Principal;
import arena.codec.EnvelopeCodec;
import arena.codec.PayloadCodec;
import arena.event.Event;
import arena.event.Payload;
import arena.run.Failure;
import arena.run.Mutation;
import arena.run.Profile;
import arena.run.Prompt;
import arena.run.Run;
import arena.run.RunId;
import arena.run.RunStatus;
import arena.world.Age;
import arena.world.Scenario;
import arena.world.Score;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPResponse;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The responses of the read-only routes, page by page. */
class ReadRoutesTest {
  private static final Instant NOON = Instant.parse("2026-01-31T12:00:00.123456Z");
  private static final RunId RUNNING = id(1);
  private static final RunId COMPLETE = id(2);
  private static final RunId FAILED_FORK = id(3);
  private static final RunId UNKNOWN = id(9);
  private static final Mutation RICH_AND_FEUDAL =
      new Mutation(
          Optional.of(1500.0),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.of(Age.FEUDAL));

  private final InMemoryStores stores = new InMemoryStores();

  {
    stores.add(run(RUNNING, RunStatus.RUNNING, 3), turns(RUNNING, 3));
    stores.add(run(COMPLETE, RunStatus.COMPLETE, 5), turns(COMPLETE, 5));
    stores.add(run(FAILED_FORK, RunStatus.FAILED, 2), turns(FAILED_FORK, 2));
  }

  @Test
  void healthNeedsNoStore() {
    Supplier<arena.lifecycle.RunQueries> none =
        () -> {
          throw new AssertionError("no store is needed");
        };

    APIGatewayV2HTTPResponse response =
        new Router(ReadRoutes.over(none))
            .handle(APIGatewayV2HTTPEvent.builder().withRouteKey("GET /health").build(), "-");

    assertEquals("{\"status\":\"ok\"}", response.getBody());
  }

  @Test
  void metricsReturnsTheFourCounters() {
    assertEquals(
        "{\"events_published\":10,\"events_streamed\":140,\"streams_dropped\":3,\"runs_open\":1}",
        get("GET /metrics", Map.of()).getBody());
  }

  @Test
  void listsRunsNewestFirst() throws Exception {
    JsonNode rows = json(get("GET /runs", Map.of()));

    assertEquals(List.of(FAILED_FORK, COMPLETE, RUNNING), ids(rows));
    assertEquals(
        "{\"run_id\":\""
            + RUNNING
            + "\",\"label\":\"a label\",\"status\":\"running\","
            + "\"n_events\":3,\"first_ts\":\"2026-01-31T12:00:00.123456Z\","
            + "\"last_ts\":\"2026-01-31T12:00:00.123456Z\",\"db_path\":\"\","
            + "\"parent_run_id\":null,\"parent_t\":null,\"scenario\":\"balanced\","
            + "\"profile_name\":\"scripted-strategy\",\"t0\":0,\"n_turns\":10,"
            + "\"created_at\":\"2026-01-31T12:00:00.123456Z\",\"ended_at\":null,"
            + "\"model\":\"scripted\",\"turns_played\":2,\"cost_known\":true,\"error_code\":null,"
            + "\"total_cost_usd\":null,\"final_age\":null,\"final_age_index\":null,"
            + "\"final_population\":null,\"final_economy\":null}",
        rows.get(2).toString());
    assertEquals("s3://bucket/x", rows.get(1).get("db_path").textValue());
    assertEquals(COMPLETE.value(), rows.get(0).get("parent_run_id").textValue());
    assertEquals(4, rows.get(0).get("parent_t").intValue());
  }

  @Test
  void filtersRuns() throws Exception {
    assertEquals(List.of(FAILED_FORK), ids(json(get("GET /runs", Map.of("status", "failed")))));
    assertEquals(
        List.of(FAILED_FORK),
        ids(json(get("GET /runs", Map.of("parent_run_id", COMPLETE.value())))));
    assertEquals(List.of(), ids(json(get("GET /runs", Map.of("parent_run_id", UNKNOWN.value())))));
    assertEquals(3, json(get("GET /runs", Map.of("text", "A LAB"))).size());
    assertEquals(List.of(), ids(json(get("GET /runs", Map.of("text", "other")))));
    assertEquals(
        List.of(COMPLETE),
        ids(json(get("GET /runs", Map.of("text", "label", "status", "complete")))));
  }

  @Test
  void linkKeepsTheFilters() {
    APIGatewayV2HTTPResponse page =
        get("GET /runs", Map.of("limit", "1", "text", "a label", "status", "running"));
    String link = page.getHeaders().getOrDefault("link", "none");
    assertEquals("none", link, "one run is running");

    link = get("GET /runs", Map.of("limit", "1", "text", "a label")).getHeaders().get("link");
    assertTrue(link.contains("?limit=1&text=a%20label&cursor="), link);
  }

  @ParameterizedTest
  @CsvSource({
    "status,stuck",
    "status,''",
    "parent_run_id,x",
    "parent_run_id,''",
    "text,''",
    "text,a\u0007b"
  })
  void rejectsInvalidFilters(String name, String value) {
    APIGatewayV2HTTPResponse response = get("GET /runs", Map.of(name, value));
    assertEquals(422, response.getStatusCode());
    assertTrue(response.getBody().contains("\"field\":\"" + name + "\""), response.getBody());
  }

  @Test
  void returnsARunWithProfileAndProgress() throws Exception {
    JsonNode run = json(get("GET /runs/{run_id}", Map.of(), RUNNING.value()));

    assertEquals(
        "{\"name\":\"scripted-strategy\",\"model\":\"scripted\",\"temperature\":0.0,"
            + "\"prompt_variant\":\"strategy\",\"answer_format\":\"text\"}",
        run.get("profile").toString());
    assertEquals("{\"turns_played\":2,\"n_turns\":10}", run.get("progress").toString());
    for (String none :
        List.of("prompt", "mutation", "reason", "error", "parent_run_id", "parent_t")) {
      assertTrue(run.get(none).isNull(), none);
    }
  }

  @Test
  void returnsAFailedForkWithOriginAndError() throws Exception {
    JsonNode run = json(get("GET /runs/{run_id}", Map.of(), FAILED_FORK.value()));

    assertEquals(
        "{\"version\":\"strategy-2\",\"sha256\":\"0123456789abcdef\"}",
        run.get("prompt").toString());
    assertEquals("{\"food\":1500.0,\"age\":\"Feudal Age\"}", run.get("mutation").toString());
    assertEquals("what if", run.get("reason").textValue());
    assertEquals(4, run.get("t0").intValue());
    assertEquals(
        "{\"code\":\"ModelRefused\",\"message\":\"no such model\"}", run.get("error").toString());
  }

  @Test
  void continuesAListFromTheLinkHeader() throws Exception {
    List<RunId> seen = new ArrayList<>();
    Map<String, String> query = Map.of("limit", "2");
    for (int page = 0; page < 2; page++) {
      APIGatewayV2HTTPResponse response = get("GET /runs", query);
      seen.addAll(ids(json(response)));
      query = page == 0 ? nextQuery(response) : query;
      assertEquals(page == 0, response.getHeaders().containsKey("link"));
    }

    assertEquals(List.of(FAILED_FORK, COMPLETE, RUNNING), seen);
  }

  @Test
  void listsSummariesOfArchivedRuns() throws Exception {
    APIGatewayV2HTTPResponse response = get("GET /runs/summaries", Map.of("limit", "1"));

    assertEquals(
        "[{\"run_id\":\""
            + FAILED_FORK
            + "\",\"profile_name\":\"scripted-strategy\","
            + "\"total_cost_usd\":0.25,\"n_turns\":2,\"final_age\":\"Feudal Age\","
            + "\"final_age_index\":1,\"final_population\":22,\"final_economy\":812.5,"
            + "\"tokens_in\":0,\"tokens_out\":0,\"tokens_cached\":0,\"model_ms\":0}]",
        response.getBody());
    assertEquals(List.of(COMPLETE), ids(json(get("GET /runs/summaries", nextQuery(response)))));
  }

  @Test
  void seriesHaveOnePointPerTurn() throws Exception {
    JsonNode series = json(get("GET /runs/series", Map.of("run_id", COMPLETE + "," + RUNNING)));

    assertEquals(List.of(COMPLETE, RUNNING), ids(series));
    assertEquals("scripted-strategy", series.get(0).get("profile_name").textValue());
    assertEquals(5, series.get(0).get("points").size());
    assertEquals(
        "{\"turn\":0,\"food\":200.0,\"wood\":150.0,\"gold\":0.0,\"stone\":0.0,\"population\":8}",
        series.get(0).get("points").get(0).toString());
  }

  @Test
  void returnsEnvelopesUnchanged() {
    String envelopes =
        turns(COMPLETE, 5).stream()
            .skip(2)
            .limit(2)
            .map(EnvelopeCodec::write)
            .reduce((a, b) -> a + "," + b)
            .orElseThrow();

    assertEquals(
        "{\"events\":[" + envelopes + "],\"next_from_seq\":5,\"status\":\"complete\"}",
        get("GET /events", Map.of("run_id", COMPLETE.value(), "from_seq", "3", "limit", "2"))
            .getBody());
  }

  @ParameterizedTest
  @CsvSource({
    // while it runs there is always a next one to ask for
    "1, 1, 1000, 3, 4",
    "1, 4, 1000, 0, 4",
    "1, 1, 2, 2, 3",
    // once it has ended there is none after the last
    "2, 1, 1000, 5, ",
    "2, 5, 1000, 1, ",
    "2, 6, 1000, 0, ",
    "2, 999999999999999999, 1, 0, ",
    "2, 1, 4, 4, 5",
    "3, 2, 1000, 1, "
  })
  void returnsNextFromSeq(int run, String fromSeq, String limit, int events, Long next)
      throws Exception {
    JsonNode page =
        json(
            get(
                "GET /events",
                Map.of("run_id", id(run).value(), "from_seq", fromSeq, "limit", limit)));

    assertEquals(events, page.get("events").size());
    assertEquals(
        next, page.get("next_from_seq").isNull() ? null : page.get("next_from_seq").longValue());
  }

  @Test
  void keepsAPageOfEventsWithinTheLambdaLimit() throws Exception {
    RunId big = id(5);
    // the worst there is: every character of the text takes two bytes, and four when wrapped
    String text = "\"".repeat(20_000);
    List<Event> events =
        IntStream.rangeClosed(1, 1_000)
            .mapToObj(seq -> event(big, seq, 0, new Payload.LlmPrompt(text)))
            .toList();
    stores.add(run(big, RunStatus.RUNNING, 1_000), events);

    List<JsonNode> seen = new ArrayList<>();
    String from = "1";
    for (int pages = 0; seen.size() < 1_000; pages++) {
      assertTrue(pages < 30, "pages have no end");
      APIGatewayV2HTTPResponse response =
          get("GET /events", Map.of("run_id", big.value(), "from_seq", from));
      int wrapped = JsonMapper.builder().build().writeValueAsBytes(response.getBody()).length;
      assertTrue(wrapped < 6_000_000, "bytes: " + wrapped);
      JsonNode page = json(response);
      page.get("events").forEach(seen::add);
      from = page.get("next_from_seq").asText();
    }

    assertEquals(1_000, seen.size());
    assertEquals(1_000, seen.getLast().get("seq").intValue());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET /health",
        "GET /runs",
        "GET /runs/{run_id}",
        "GET /runs/summaries",
        "GET /runs/series",
        "GET /events",
        "GET /metrics"
      })
  void rejectsUnknownQueryParameters(String route) throws Exception {
    APIGatewayV2HTTPResponse response = get(route, Map.of("colour", "blue"), RUNNING.value());

    assertEquals(422, response.getStatusCode());
    assertEquals("colour", json(response).at("/error/field").textValue());
  }

  @ParameterizedTest
  @CsvSource({
    "GET /runs, limit, 0, 1 to 100",
    "GET /runs, limit, 101, 1 to 100",
    "GET /runs, limit, ten, 1 to 100",
    "GET /runs, cursor, nonsense, a cursor from a Link header",
    "GET /runs, cursor, '', a cursor from a Link header",
    "GET /runs/summaries, limit, 101, 1 to 100",
    "GET /runs/summaries, cursor, nonsense, a cursor from a Link header",
    "GET /events, from_seq, 0, 1 to 999999999999999999",
    "GET /events, from_seq, -1, 1 to 999999999999999999",
    "GET /events, limit, 1001, 1 to 1000",
    "GET /events, run_id, '', required",
    "GET /runs/series, run_id, '', required"
  })
  void reportsTheInvalidQueryParameter(String route, String name, String value, String limit)
      throws Exception {
    Map<String, String> query = new HashMap<>();
    if (route.equals("GET /events")) {
      query.put("run_id", RUNNING.value());
    }
    query.put(name, value);

    APIGatewayV2HTTPResponse response = get(route, query);

    assertEquals(422, response.getStatusCode(), response.getBody());
    assertEquals("invalid_field", json(response).at("/error/code").textValue());
    assertEquals(name, json(response).at("/error/field").textValue());
    assertEquals(limit, json(response).at("/error/limit").textValue());
  }

  @ParameterizedTest
  @ValueSource(strings = {"99999999999999999999999999999999", "short", "ABC", "..", "%00"})
  void returns404ForAnyUnknownRunId(String id) throws Exception {
    for (APIGatewayV2HTTPResponse response :
        List.of(
            get("GET /runs/{run_id}", Map.of(), id),
            get("GET /events", Map.of("run_id", id)),
            get("GET /runs/series", Map.of("run_id", RUNNING + "," + id)))) {
      assertEquals(404, response.getStatusCode());
      assertEquals("unknown_run", json(response).at("/error/code").textValue());
      assertTrue(json(response).at("/error/message").textValue().contains(id));
    }
    assertFalse(stores.find(UNKNOWN).isPresent());
  }

  private APIGatewayV2HTTPResponse get(String route, Map<String, String> query) {
    return get(route, query, "");
  }

  private APIGatewayV2HTTPResponse get(String route, Map<String, String> query, String runId) {
    return new Router(ReadRoutes.over(stores::reader))
        .handle(
            APIGatewayV2HTTPEvent.builder()
                .withRouteKey(route)
                .withRawPath(route.replace("GET ", "/stage").replace("{run_id}", runId))
                .withQueryStringParameters(query)
                .withPathParameters(Map.of("run_id", runId))
                .withRequestContext(Callers.context(Principal.LOCAL))
                .build(),
            "-");
  }

  /** The query of the next page, from the Link header. */
  private static Map<String, String> nextQuery(APIGatewayV2HTTPResponse response) {
    Matcher link =
        Pattern.compile("<(/stage/runs[^>]*)>; rel=\"next\"")
            .matcher(response.getHeaders().get("link"));
    assertTrue(link.matches(), response.getHeaders().toString());
    Map<String, String> query = new HashMap<>();
    for (String pair : URI.create(link.group(1)).getRawQuery().split("&", 10)) {
      String[] parts = pair.split("=", 2);
      query.put(parts[0], URLDecoder.decode(parts[1], StandardCharsets.UTF_8));
    }
    return query;
  }

  private static JsonNode json(APIGatewayV2HTTPResponse response) throws Exception {
    return JsonMapper.builder().build().readTree(response.getBody());
  }

  private static List<RunId> ids(JsonNode rows) {
    List<RunId> ids = new ArrayList<>();
    rows.forEach(row -> ids.add(RunId.of(row.get("run_id").textValue())));
    return ids;
  }

  private static Run run(RunId runId, RunStatus status, long nEvents) {
    boolean fork = runId.equals(FAILED_FORK);
    Run run =
        new Run(
            runId,
            "a label",
            NOON,
            new Run.Plan(
                Profile.DEFAULT,
                fork ? new Prompt("strategy-2", "0123456789abcdef") : null,
                "balanced",
                fork ? 4 : 0,
                10,
                fork ? new Run.Origin(COMPLETE, 4, RICH_AND_FEUDAL, "what if") : null),
            new Run.Progress(nEvents, 2, NOON, NOON),
            Run.Outcome.RUNNING);
    if (fork) {
      run = run.withFailure(new Failure("ModelRefused", "no such model"), NOON);
    }
    return status.ended()
        ? run.withArchive(
            "s3://bucket/x", new Run.Summary(0.25, 2, "Feudal Age", new Score(1, 22, 812.5)), NOON)
        : run;
  }

  private static List<Event> turns(RunId runId, int turns) {
    return IntStream.range(0, turns)
        .mapToObj(t -> event(runId, t + 1, t, new Payload.TurnStart(t, Scenario.BALANCED.start())))
        .toList();
  }

  private static Event event(RunId runId, long seq, int t, Payload payload) {
    return new Event(runId, seq, "agent", t, payload.kind(), PayloadCodec.write(payload), NOON, 1);
  }

  private static RunId id(int number) {
    return RunId.of(Integer.toHexString(number).repeat(32));
  }
}
