package arena.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.lifecycle.ReapAction;
import arena.local.template.Deployment;
import arena.local.template.Template;
import arena.metrics.Metric;
import arena.runtime.ErrorCause;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;

/**
 * The alarms, dashboard and saved queries of the templates: they refer to existing metrics,
 * functions and log groups, and the queries find lines that the functions log.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ObservabilityTest {
  private static final JsonMapper MAPPER = JsonMapper.builder().build();
  private static final Pattern SOURCE = Pattern.compile("SOURCE '([^']+)' \\| ");
  private static final Pattern SEARCH =
      Pattern.compile(
          "SEARCH\\('\\{AoE2Arena,service,(\\w+)} MetricName=\"(\\w+)\" service=\"arena\"', '(\\w+)', (\\d+)\\)");

  /** The AWS metrics in use, with their dimension. */
  private static final Map<String, String> AWS_METRICS =
      Map.ofEntries(
          Map.entry("AWS/Lambda Errors", "FunctionName"),
          Map.entry("AWS/Lambda Throttles", "FunctionName"),
          Map.entry("AWS/Lambda Invocations", "FunctionName"),
          Map.entry("AWS/Lambda AsyncEventAge", "FunctionName"),
          Map.entry("AWS/States ExecutionsStarted", "StateMachineArn"),
          Map.entry("AWS/States ExecutionsSucceeded", "StateMachineArn"),
          Map.entry("AWS/States ExecutionsFailed", "StateMachineArn"),
          Map.entry("AWS/States ExecutionsAborted", "StateMachineArn"),
          Map.entry("AWS/States ExecutionsTimedOut", "StateMachineArn"),
          Map.entry("AWS/ElastiCache CurrConnections", "CacheClusterId"),
          Map.entry("AWS/ElastiCache NewConnections", "CacheClusterId"),
          Map.entry("AWS/ElastiCache DatabaseMemoryUsagePercentage", "CacheClusterId"),
          Map.entry("AWS/ElastiCache EngineCPUUtilization", "CacheClusterId"));

  private final Template template = Template.read(Path.of("..", "..", "template.yaml"));
  private LoggedLines logged;
  private Set<String> groups;

  @BeforeAll
  void read() throws Exception {
    logged = LoggedLines.shared();
    groups =
        logged.functions().stream()
            .map(function -> "/aws/lambda/arena-" + function)
            .collect(Collectors.toSet());
  }

  private Map<String, JsonNode> resources(String type) {
    Deployment deployment =
        new Deployment(
            "arena",
            "http://localhost",
            "ws://localhost",
            "localhost",
            6379,
            "secret",
            _ -> Optional.empty(),
            Map.of());
    return template
        .properties(
            type, Map.of("AlarmTopicArn", "arn:aws:sns:us-east-1:000000000000:alarms"), deployment)
        .entrySet()
        .stream()
        .collect(Collectors.toMap(Map.Entry::getKey, one -> MAPPER.valueToTree(one.getValue())));
  }

  // ---- metrics

  private void assertMeasured(
      String where, String namespace, String name, Map<String, String> dimensions) {
    if (namespace.equals("AoE2Arena/arena")) {
      Set<String> counted = new HashSet<>();
      resources("AWS::Logs::MetricFilter")
          .values()
          .forEach(
              filter ->
                  filter
                      .get("MetricTransformations")
                      .forEach(one -> counted.add(one.get("MetricName").textValue())));
      assertTrue(counted.contains(name), where + ": " + name);
      assertEquals(Map.of(), dimensions, where);
    } else if (namespace.equals("AoE2Arena")) {
      Optional<Metric> metric =
          Arrays.stream(Metric.values()).filter(one -> one.label().equals(name)).findFirst();
      assertTrue(metric.isPresent(), where + " refers to the unknown metric " + name);
      assertEquals("arena", dimensions.get("service"), where);
      if (dimensions.size() > 1) {
        String dimension = metric.get().dimension().orElseThrow();
        assertEquals(Set.of("service", dimension), dimensions.keySet(), where);
        assertTrue(values(dimension).contains(dimensions.get(dimension)), where + " " + dimensions);
      }
    } else {
      String dimension = AWS_METRICS.get(namespace + " " + name);
      assertEquals(Set.of(String.valueOf(dimension)), dimensions.keySet(), where + " " + name);
      String value = dimensions.values().iterator().next();
      switch (dimension) {
        case "FunctionName" ->
            assertTrue(groups.contains("/aws/lambda/" + value), where + " " + value);
        case "StateMachineArn" ->
            assertEquals(AcceptanceStack.shared().stack().resource("ReplayStateMachine"), value);
        default -> assertTrue(value.matches("Cache-00[12]"), where + " " + value);
      }
    }
  }

  private static Set<String> values(String dimension) {
    return switch (dimension) {
      case "cause" ->
          Arrays.stream(ErrorCause.values()).map(ErrorCause::label).collect(Collectors.toSet());
      case "action" ->
          Arrays.stream(ReapAction.Kind.values())
              .map(ReapAction.Kind::label)
              .collect(Collectors.toSet());
      default -> Set.of();
    };
  }

  private static Map<String, String> dimensions(JsonNode list) {
    Map<String, String> dimensions = new HashMap<>();
    list.forEach(one -> dimensions.put(one.get("Name").textValue(), one.get("Value").textValue()));
    return dimensions;
  }

  // ---- alarms

  @Test
  void alarmsReferToExistingMetricsAndStateTheAction() {
    Map<String, JsonNode> alarms = resources("AWS::CloudWatch::Alarm");
    assertEquals(
        Set.of(
            "RunSilentAlarm",
            "StreamsDroppedAlarm",
            "ReplaysFailingAlarm",
            "ReaperFailingAlarm",
            "ReaperMissingAlarm",
            "FanOutBehindAlarm",
            "TimeOutsAlarm",
            "ThrottlesAlarm"),
        alarms.keySet());
    Set<String> queries = queryNames();
    alarms.forEach(
        (id, alarm) -> {
          String description = alarm.get("AlarmDescription").textValue();
          assertTrue(description.contains("What to do: "), id);
          assertTrue(description.length() <= 1_024, id);
          Matcher named = Pattern.compile("query \"([^\"]+)\"").matcher(description);
          while (named.find()) {
            assertTrue(queries.contains("arena/" + named.group(1)), id + ": " + named.group(1));
          }
          assertTrue(alarm.hasNonNull("TreatMissingData"), id);
          assertEquals(1, alarm.get("AlarmActions").size(), id);
          if (alarm.has("MetricName")) {
            assertMeasured(
                id,
                alarm.get("Namespace").textValue(),
                alarm.get("MetricName").textValue(),
                dimensions(alarm.get("Dimensions")));
          } else {
            assertMath(id, alarm.get("Metrics"));
          }
        });
  }

  private void assertMath(String id, JsonNode metrics) {
    assertTrue(metrics.size() <= 10, id + ": CloudWatch allows at most ten metrics per alarm");
    List<String> ids = new ArrayList<>();
    String expression = "";
    int returned = 0;
    for (JsonNode metric : metrics) {
      if (metric.has("Expression")) {
        expression = metric.get("Expression").textValue();
        returned++;
        continue;
      }
      ids.add(metric.get("Id").textValue());
      assertEquals("false", metric.get("ReturnData").asText(), id);
      JsonNode of = metric.at("/MetricStat/Metric");
      assertMeasured(
          id,
          of.get("Namespace").textValue(),
          of.get("MetricName").textValue(),
          dimensions(of.path("Dimensions")));
    }
    assertEquals(1, returned, id);
    if (!expression.equals("SUM(METRICS())")) {
      for (String one : ids) {
        assertTrue(expression.contains("FILL(" + one + ", 0)"), id + ": " + expression);
      }
    }
  }

  @Test
  void countsTimeOutsOfEveryFunction() {
    Map<String, JsonNode> filters = resources("AWS::Logs::MetricFilter");
    assertEquals(
        groups,
        filters.values().stream()
            .map(filter -> filter.get("LogGroupName").textValue())
            .collect(Collectors.toSet()));
    LogQuery timeouts =
        LogQuery.parse("filter type = \"platform.report\" and record.status = \"timeout\"");
    assertEquals(1, timeouts.run(logged.all()).size());
    filters
        .values()
        .forEach(
            filter ->
                assertEquals(
                    "{ $.type = \"platform.report\" && $.record.status = \"timeout\" }",
                    filter.get("FilterPattern").textValue()));
  }

  // ---- queries

  private Set<String> queryNames() {
    return resources("AWS::Logs::QueryDefinition").values().stream()
        .map(query -> query.get("Name").textValue())
        .collect(Collectors.toSet());
  }

  @TestFactory
  Stream<DynamicTest> everySavedQueryFindsLines() {
    Map<String, JsonNode> queries = resources("AWS::Logs::QueryDefinition");
    assertTrue(queries.size() >= 10);
    return queries.values().stream()
        .map(
            query ->
                DynamicTest.dynamicTest(
                    query.get("Name").textValue(),
                    () -> {
                      Set<String> logGroups = new HashSet<>();
                      query.get("LogGroupNames").forEach(one -> logGroups.add(one.textValue()));
                      assertFinds(query.get("QueryString").textValue(), logGroups);
                    }));
  }

  @Test
  void everyRunbookStepHasAQuery() {
    Set<String> steps =
        queryNames().stream()
            .map(name -> name.replaceFirst("^arena/(\\d .*) / .*", "$1"))
            .collect(Collectors.toSet());
    assertEquals(
        Set.of("1 log", "2 counters", "3 replays", "4 broker", "5 recovery", "6 bug report"),
        steps);
  }

  /**
   * Asserts that a query parses, its log groups exist, and every column has a value for some run.
   */
  private void assertFinds(String text, Set<String> logGroups) {
    assertTrue(groups.containsAll(logGroups), logGroups.toString());
    List<LogQuery.Line> lines =
        logged.all().stream().filter(line -> logGroups.contains(line.log())).toList();
    List<Map<String, Object>> found = new ArrayList<>();
    for (String run : text.contains("RUN") ? logged.runs() : List.of("")) {
      found.addAll(LogQuery.parse(text.replace("RUN", run)).run(lines));
    }
    assertFalse(found.isEmpty(), "nothing found by " + text);
    for (String column : found.getFirst().keySet()) {
      assertTrue(
          found.stream().anyMatch(row -> row.get(column) != null),
          column + " is in no line found by " + text);
    }
  }

  @Test
  void rejectsInvalidQueries() {
    for (String invalid :
        List.of(
            "parse @message \"x*\" as y",
            "filter run_id ~ \"x\"",
            "fields @timestamp | limit 20000",
            "stats median(t)",
            "filter (a = 1",
            "sort t")) {
      assertThrows(IllegalArgumentException.class, () -> LogQuery.parse(invalid), invalid);
    }
  }

  // ---- dashboard

  @Test
  void dashboardFollowsTheOrderOfTheRunbook() throws Exception {
    JsonNode widgets = dashboard().get("widgets");
    List<String> headings = new ArrayList<>();
    int bottom = 0;
    for (JsonNode widget : widgets) {
      int x = widget.get("x").intValue();
      int y = widget.get("y").intValue();
      assertTrue(x + widget.get("width").intValue() <= 24, widget::toString);
      assertTrue(y >= bottom || x > 0, "widgets overlap: " + widget);
      bottom = Math.max(bottom, y + (x == 0 ? widget.get("height").intValue() : 0));
      Matcher heading =
          Pattern.compile("^## (\\d · .*)", Pattern.MULTILINE)
              .matcher(widget.at("/properties/markdown").asText());
      if (heading.find()) {
        headings.add(heading.group(1));
      }
    }
    assertEquals(
        List.of(
            "1 · Log",
            "2 · Counters",
            "3 · Where each replay waits",
            "4 · Broker",
            "5 · Recovery",
            "6 · File the bug"),
        headings);
  }

  private JsonNode dashboard() throws Exception {
    JsonNode properties = resources("AWS::CloudWatch::Dashboard").get("Dashboard");
    assertEquals("arena", properties.get("DashboardName").textValue());
    return MAPPER.readTree(properties.get("DashboardBody").textValue());
  }

  @Test
  void dashboardShowsExistingMetrics() throws Exception {
    Set<String> shown = new HashSet<>();
    for (JsonNode widget : dashboard().get("widgets")) {
      JsonNode properties = widget.get("properties");
      switch (widget.get("type").textValue()) {
        case "text" -> assertFalse(properties.get("markdown").textValue().isBlank());
        case "metric" -> properties.get("metrics").forEach(metric -> assertShown(metric, shown));
        case "log" -> {
          String query = properties.get("query").textValue();
          Set<String> logGroups = new HashSet<>();
          Matcher source = SOURCE.matcher(query);
          while (source.find()) {
            logGroups.add(source.group(1));
          }
          assertFalse(logGroups.isEmpty(), query);
          assertFinds(SOURCE.matcher(query).replaceAll(""), logGroups);
        }
        case "alarm" ->
            assertEquals(
                resources("AWS::CloudWatch::Alarm").values().stream()
                    .map(alarm -> alarm.get("AlarmName").textValue())
                    .collect(Collectors.toSet()),
                texts(properties.get("alarms")).stream()
                    .map(arn -> arn.replaceFirst(".*:alarm:", ""))
                    .collect(Collectors.toSet()));
        default -> throw new AssertionError("unknown widget: " + widget);
      }
    }
    for (Metric metric : Metric.values()) {
      assertTrue(shown.contains(metric.label()), metric.label() + " is not on the dashboard");
    }
  }

  private void assertShown(JsonNode metric, Set<String> shown) {
    if (metric.get(0).isObject()) {
      Matcher search = SEARCH.matcher(metric.get(0).get("expression").textValue());
      assertTrue(search.matches(), metric::toString);
      Metric one = Metric.valueOf(search.group(2).toUpperCase(Locale.ROOT));
      assertEquals(Optional.of(search.group(1)), one.dimension());
      shown.add(one.label());
      return;
    }
    Map<String, String> dimensions = new HashMap<>();
    for (int i = 2; i + 1 < metric.size(); i += 2) {
      dimensions.put(metric.get(i).textValue(), metric.get(i + 1).textValue());
    }
    String name = metric.get(1).textValue();
    assertMeasured("dashboard", metric.get(0).textValue(), name, dimensions);
    shown.add(name);
  }

  private static List<String> texts(JsonNode list) {
    List<String> texts = new ArrayList<>();
    list.forEach(one -> texts.add(one.textValue()));
    return texts;
  }
}
