package arena.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.error.ErrorKind;
import arena.lifecycle.ReapAction;
import arena.local.template.Deployment;
import arena.local.template.Template;
import arena.metrics.Metric;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The alarms, dashboard, queries and metric filters of the templates, and the log lines that they
 * apply to.
 */
final class DeployedObservability {
  private static final JsonMapper MAPPER = JsonMapper.builder().build();

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
  private final LoggedLines logged;
  private final Set<String> groups;

  DeployedObservability() throws Exception {
    logged = LoggedLines.shared();
    groups =
        logged.functions().stream()
            .map(function -> "/aws/lambda/arena-" + function)
            .collect(Collectors.toSet());
  }

  /** The log groups of all functions. */
  Set<String> logGroups() {
    return groups;
  }

  /** The log lines of all functions. */
  List<LogQuery.Line> lines() {
    return logged.all();
  }

  /** The properties of all resources of a type, by logical id. */
  Map<String, JsonNode> resources(String type) {
    Deployment deployment = Deployment.placeholder();
    return template
        .properties(
            type, Map.of("AlarmTopicArn", "arn:aws:sns:us-east-1:000000000000:alarms"), deployment)
        .entrySet()
        .stream()
        .collect(Collectors.toMap(Map.Entry::getKey, one -> MAPPER.valueToTree(one.getValue())));
  }

  /** Asserts that a metric with these dimensions exists. */
  void assertMeasured(String where, String namespace, String name, Map<String, String> dimensions) {
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
          Arrays.stream(ErrorKind.values()).map(ErrorKind::label).collect(Collectors.toSet());
      case "action" ->
          Arrays.stream(ReapAction.Kind.values())
              .map(ReapAction.Kind::label)
              .collect(Collectors.toSet());
      default -> Set.of();
    };
  }

  /** Names of the saved queries. */
  Set<String> queryNames() {
    return resources("AWS::Logs::QueryDefinition").values().stream()
        .map(query -> query.get("Name").textValue())
        .collect(Collectors.toSet());
  }

  /**
   * Asserts that a query parses, its log groups exist, and every column has a value for some run.
   */
  void assertFinds(String text, Set<String> logGroups) {
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
}
