package arena.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.error.ErrorKind;
import arena.lifecycle.ReapAction;
import arena.metrics.Metric;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The log lines and metrics that the functions write. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class LogLinesTest {
  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  /** The CloudWatch units in use. */
  private static final Set<String> UNITS = Set.of("Count", "Milliseconds", "Seconds");

  private LoggedLines logged;
  private final List<JsonNode> logLines = new ArrayList<>();
  private final List<JsonNode> metrics = new ArrayList<>();

  @BeforeAll
  void read() throws Exception {
    logged = LoggedLines.shared();
    for (LogQuery.Line line : logged.all()) {
      JsonNode fields = MAPPER.readTree(line.message());
      if (fields.has("level")) {
        logLines.add(fields);
      } else if (fields.has("_aws")) {
        metrics.add(fields);
      } else {
        assertTrue(fields.path("type").asText().matches("(platform|local)\\..+"), line.message());
      }
    }
  }

  private List<JsonNode> linesOf(String outcome, String message) {
    return logLines.stream()
        .filter(line -> line.path("run_id").asText().equals(logged.run(outcome)))
        .filter(line -> line.path("message").asText().equals(message))
        .toList();
  }

  @Test
  void everyLineHasTimeFunctionAndRequest() {
    assertFalse(logLines.isEmpty());
    for (JsonNode line : logLines) {
      for (String field :
          List.of(
              "timestamp",
              "level",
              "message",
              "service",
              "function",
              "function_name",
              "function_request_id",
              "xray_trace_id")) {
        assertTrue(line.hasNonNull(field), () -> "no " + field + " in " + line);
      }
      Instant.parse(line.get("timestamp").textValue());
      assertEquals(
          "arena-" + line.get("function").textValue(), line.get("function_name").textValue());
      assertTrue(line.get("xray_trace_id").textValue().matches("1-[0-9a-f]{8}-[0-9a-f]{24}"));
    }
  }

  @Test
  void lifecycleLinesHaveRunAndTurn() {
    for (JsonNode line : logLines) {
      String function = line.get("function").textValue();
      if (!Set.of("read-runs", "reap-runs", "stream-events").contains(function)) {
        assertTrue(line.path("run_id").asText().matches("[0-9a-f]{32}"), line::toString);
      }
      if (function.equals("replay-turn")) {
        assertTrue(line.path("t").asText().matches("\\d+"), line::toString);
      }
    }
    assertEquals(3, linesOf("complete", "turn played").size());
    assertEquals(3, linesOf("complete", "calling model").size());
    assertEquals(1, linesOf("complete", "all turns played").size());
    assertEquals(1, linesOf("complete", "run archived").size());
    JsonNode subscribe = linesOf("complete", "client message received").getFirst();
    assertEquals("subscribe", subscribe.path("action").asText());
    assertFalse(subscribe.path("connection_id").asText().isEmpty());
    assertFalse(linesOf("complete", "events sent to readers").isEmpty());
  }

  @Test
  void turnLineHasItsTimes() {
    JsonNode line = linesOf("complete", "turn played").getFirst();
    double turn = line.get("turn_time_ms").doubleValue();
    assertTrue(turn > 0);
    assertTrue(line.get("model_time_ms").doubleValue() <= turn);
    assertTrue(line.get("publish_time_ms").doubleValue() <= turn);
    assertEquals("stores", line.get("step").textValue());
  }

  @Test
  void failureLineHasCauseStepAndStack() {
    JsonNode line = linesOf("refused", "fork replay failed").getFirst();
    assertEquals("ERROR", line.get("level").textValue());
    assertEquals("model_refused", line.get("cause").textValue());
    assertEquals("model", line.get("step").textValue());
    assertEquals("arena.agent.ModelRefused", line.at("/error/name").textValue());
    assertTrue(line.at("/error/stack").textValue().contains("PlayTurn.play"));
    JsonNode end = linesOf("refused", "run failed").getFirst();
    assertEquals("ModelRefused", end.get("code").textValue());
    assertEquals("model_refused", end.get("cause").textValue());
  }

  @Test
  void runWithoutBrokerIsReported() {
    JsonNode line =
        linesOf("broker unavailable", "broker unavailable; run continues without it").getFirst();
    assertEquals("WARN", line.get("level").textValue());
    assertEquals("broker_unavailable", line.get("cause").textValue());
    assertEquals("arena.error.DependencyUnavailable", line.at("/error/name").textValue());
  }

  @Test
  void reaperLineHasRunAndReason() {
    List<JsonNode> lines =
        logLines.stream()
            .filter(line -> line.path("action").asText().equals("abandoned"))
            .filter(line -> line.path("run_id").asText().equals(logged.run("abandoned")))
            .toList();
    assertEquals(1, lines.size());
    assertTrue(lines.getFirst().hasNonNull("reason"));
  }

  @Test
  void metricsFollowTheEmbeddedMetricFormat() {
    assertFalse(metrics.isEmpty());
    for (JsonNode line : metrics) {
      long time = line.at("/_aws/Timestamp").longValue();
      assertTrue(Math.abs(time - Instant.now().toEpochMilli()) < 3_600_000, line::toString);
      JsonNode directives = line.at("/_aws/CloudWatchMetrics");
      assertEquals(1, directives.size(), line::toString);
      JsonNode directive = directives.get(0);
      assertEquals("AoE2Arena", directive.get("Namespace").textValue());
      JsonNode sets = directive.get("Dimensions");
      assertEquals(1, sets.size(), line::toString);
      assertTrue(sets.get(0).size() <= 30);
      Set<String> dimensions = new HashSet<>();
      sets.get(0).forEach(name -> dimensions.add(name.textValue()));
      for (String dimension : dimensions) {
        String value = line.get(dimension).textValue();
        assertFalse(value.isBlank());
        assertTrue(value.length() <= 1_024);
      }
      JsonNode definitions = directive.get("Metrics");
      assertTrue(definitions.size() >= 1 && definitions.size() <= 100, line::toString);
      for (JsonNode definition : definitions) {
        String name = definition.get("Name").textValue();
        assertTrue(UNITS.contains(definition.get("Unit").textValue()), line::toString);
        JsonNode value = line.get(name);
        assertTrue(value.isNumber() || (value.isArray() && value.size() <= 100), line::toString);
        if (value.isArray()) {
          value.forEach(one -> assertTrue(one.isNumber(), line::toString));
        }
      }
      assertTrue(line.toString().length() < 256 * 1024);
    }
  }

  @Test
  void sendsExactlyTheDeclaredMetrics() {
    Set<String> sent = new TreeSet<>();
    metrics.forEach(
        line -> definitions(line).forEach(one -> sent.add(one.get("Name").textValue())));
    assertEquals(
        Arrays.stream(Metric.values())
            .map(Metric::label)
            .collect(Collectors.toCollection(TreeSet::new)),
        sent);
    for (JsonNode line : metrics) {
      for (JsonNode definition : definitions(line)) {
        Metric metric = Metric.valueOf(definition.get("Name").textValue().toUpperCase(Locale.ROOT));
        assertEquals(
            Map.of("COUNT", "Count", "MILLISECONDS", "Milliseconds", "SECONDS", "Seconds")
                .get(metric.unit().name()),
            definition.get("Unit").textValue());
      }
    }
  }

  private static JsonNode definitions(JsonNode line) {
    return line.at("/_aws/CloudWatchMetrics/0/Metrics");
  }

  /** CloudWatch bills each combination of dimensions as a metric. */
  @Test
  void limitsTheNumberOfDimensions() {
    Set<String> causes =
        Arrays.stream(ErrorKind.values()).map(ErrorKind::label).collect(Collectors.toSet());
    Set<String> actions =
        Arrays.stream(ReapAction.Kind.values())
            .map(ReapAction.Kind::label)
            .collect(Collectors.toSet());
    for (JsonNode line : metrics) {
      for (JsonNode name : line.at("/_aws/CloudWatchMetrics/0/Dimensions/0")) {
        String value = line.get(name.textValue()).textValue();
        switch (name.textValue()) {
          case "service" -> assertEquals("arena", value);
          case "cause" -> assertTrue(causes.contains(value), line::toString);
          case "action" -> assertTrue(actions.contains(value), line::toString);
          default -> throw new AssertionError("unexpected dimension: " + line);
        }
      }
    }
    assertTrue(Metric.values().length + 2 * causes.size() + actions.size() < 100);
  }

  /** The logged counts equal those of the catalog, also when a task is retried. */
  @Test
  void countsEventsOnce() {
    String complete = logged.run("complete");
    double inLines =
        logLines.stream()
            .filter(line -> line.path("run_id").asText().equals(complete))
            .filter(line -> line.get("function").textValue().equals("replay-turn"))
            .mapToDouble(line -> line.path("events_published").doubleValue())
            .sum();
    assertEquals(
        AcceptanceStack.shared()
            .client()
            .get("/runs/" + complete)
            .expect(200)
            .get("n_events")
            .doubleValue(),
        inLines);
  }
}
