package arena.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The alarms refer to existing metrics and functions, and state what to do. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class AlarmsTest {
  private DeployedObservability deployed;

  @BeforeAll
  void read() throws Exception {
    deployed = new DeployedObservability();
  }

  private static Map<String, String> dimensions(JsonNode list) {
    Map<String, String> dimensions = new HashMap<>();
    list.forEach(one -> dimensions.put(one.get("Name").textValue(), one.get("Value").textValue()));
    return dimensions;
  }

  @Test
  void alarmsReferToExistingMetricsAndStateTheAction() {
    Map<String, JsonNode> alarms = deployed.resources("AWS::CloudWatch::Alarm");
    assertEquals(
        Set.of(
            "RunSilentAlarm",
            "StreamsDroppedAlarm",
            "ReplaysFailingAlarm",
            "ReaperFailingAlarm",
            "ReaperMissingAlarm",
            "FanOutBehindAlarm",
            "BrokerUnavailableAlarm",
            "TimeOutsAlarm",
            "ThrottlesAlarm",
            "CallersNotKnownAlarm"),
        alarms.keySet());
    Set<String> queries = deployed.queryNames();
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
            deployed.assertMeasured(
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
      deployed.assertMeasured(
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
    Map<String, JsonNode> filters = deployed.resources("AWS::Logs::MetricFilter");
    assertEquals(
        deployed.logGroups(),
        filters.values().stream()
            .map(filter -> filter.get("LogGroupName").textValue())
            .collect(Collectors.toSet()));
    LogQuery timeouts =
        LogQuery.parse("filter type = \"platform.report\" and record.status = \"timeout\"");
    assertEquals(1, timeouts.run(deployed.lines()).size());
    filters
        .values()
        .forEach(
            filter ->
                assertEquals(
                    "{ $.type = \"platform.report\" && $.record.status = \"timeout\" }",
                    filter.get("FilterPattern").textValue()));
  }
}
