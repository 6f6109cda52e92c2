package arena.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.metrics.Metric;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.ArrayList;
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
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The dashboard follows the runbook and shows existing metrics, alarms and log lines. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class DashboardTest {
  private static final JsonMapper MAPPER = JsonMapper.builder().build();
  private static final Pattern SOURCE = Pattern.compile("SOURCE '([^']+)' \\| ");
  private static final Pattern SEARCH =
      Pattern.compile(
          "SEARCH\\('\\{AoE2Arena,service,(\\w+)} MetricName=\"(\\w+)\" service=\"arena\"', '(\\w+)', (\\d+)\\)");

  private DeployedObservability deployed;

  @BeforeAll
  void read() throws Exception {
    deployed = new DeployedObservability();
  }

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
    JsonNode properties = deployed.resources("AWS::CloudWatch::Dashboard").get("Dashboard");
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
          deployed.assertFinds(SOURCE.matcher(query).replaceAll(""), logGroups);
        }
        case "alarm" ->
            assertEquals(
                deployed.resources("AWS::CloudWatch::Alarm").values().stream()
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
    deployed.assertMeasured("dashboard", metric.get(0).textValue(), name, dimensions);
    shown.add(name);
  }

  private static List<String> texts(JsonNode list) {
    List<String> texts = new ArrayList<>();
    list.forEach(one -> texts.add(one.textValue()));
    return texts;
  }
}
