package arena.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.error.ErrorKind;
import arena.metrics.Metric;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The metrics sent per invocation. */
class EmfMetricsTest {
  private static final JsonMapper MAPPER = JsonMapper.builder().build();
  private final EmfMetrics metrics = new EmfMetrics("AoE2Arena", "tested");

  private List<JsonNode> sent() throws Exception {
    PrintStream console = System.out;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
    try {
      metrics.flush();
    } finally {
      System.setOut(console);
    }
    List<JsonNode> lines = new ArrayList<>();
    for (String line : out.toString(StandardCharsets.UTF_8).lines().toList()) {
      lines.add(MAPPER.readTree(line));
    }
    return lines;
  }

  @Test
  void sumsCountsAndKeepsDurations() throws Exception {
    metrics.count(Metric.EVENTS_PUBLISHED, 3);
    metrics.count(Metric.EVENTS_PUBLISHED, 4);
    metrics.count(Metric.STREAMS_DROPPED, 0);
    metrics.gauge(Metric.RUNS_OPEN, 0);
    metrics.since(Metric.PUBLISH_TIME, System.nanoTime());
    metrics.since(Metric.PUBLISH_TIME, System.nanoTime() - 5_000_000_000L);

    List<JsonNode> lines = sent();

    assertEquals(1, lines.size());
    JsonNode line = lines.getFirst();
    assertEquals("tested", line.get("service").textValue());
    assertEquals(7, line.get("events_published").intValue());
    assertTrue(line.path("streams_dropped").isMissingNode(), "a count of 0 is omitted");
    assertEquals(0, line.get("runs_open").intValue(), "a gauge of 0 is sent");
    assertEquals(2, line.get("publish_time").size());
    assertTrue(line.get("publish_time").get(1).doubleValue() >= 5_000);
  }

  @Test
  void keepsTheLongestDurationsInAnyOrderBeyondTheLimit() throws Exception {
    List<Integer> seconds = new ArrayList<>(IntStream.rangeClosed(1, 1_000).boxed().toList());
    Collections.shuffle(seconds, new Random(1));
    for (int one : seconds) {
      metrics.since(Metric.PUBLISH_TIME, System.nanoTime() - one * 1_000_000_000L);
    }
    List<Integer> kept = new ArrayList<>();
    sent()
        .getFirst()
        .get("publish_time")
        .forEach(time -> kept.add((int) Math.floor(time.doubleValue() / 1_000)));
    Collections.sort(kept);
    assertEquals(IntStream.rangeClosed(901, 1_000).boxed().toList(), kept);
  }

  @Test
  void recordsTheTotalOfAMetricWithADimension() throws Exception {
    metrics.count(Metric.ERRORS, ErrorKind.MODEL_THROTTLED);
    metrics.count(Metric.ERRORS, ErrorKind.MODEL_THROTTLED);
    metrics.count(Metric.ERRORS, ErrorKind.OTHER);

    List<JsonNode> lines = sent();

    assertEquals(3, lines.size());
    assertEquals(3, lines.get(0).get("errors").intValue());
    assertEquals("model_throttled", lines.get(1).get("cause").textValue());
    assertEquals(2, lines.get(1).get("errors").intValue());
    assertEquals("other", lines.get(2).get("cause").textValue());
  }

  @Test
  void sendsEachMeasurementOnce() throws Exception {
    metrics.count(Metric.EVENTS_STREAMED, 1);
    assertEquals(1, sent().size());
    assertEquals(List.of(), sent());
  }

  @Test
  void writesTheEmbeddedMetricFormat() throws Exception {
    metrics.gauge(Metric.RUNS_OPEN, 2);
    metrics.max(Metric.FAN_OUT_LAG, 1.5);
    metrics.max(Metric.LONGEST_SILENCE, 60);
    metrics.count(Metric.ERRORS, ErrorKind.OTHER);

    List<JsonNode> lines = sent();

    String plain =
        """
        {"_aws":{"Timestamp":0,"CloudWatchMetrics":[{"Namespace":"AoE2Arena",\
        "Dimensions":[["service"]],"Metrics":[{"Name":"runs_open","Unit":"Count"},\
        {"Name":"fan_out_lag","Unit":"Milliseconds"},{"Name":"longest_silence","Unit":"Seconds"},\
        {"Name":"errors","Unit":"Count"}]}]},"service":"tested","runs_open":2.0,\
        "fan_out_lag":1.5,"longest_silence":60.0,"errors":1.0}""";
    String divided =
        """
        {"_aws":{"Timestamp":0,"CloudWatchMetrics":[{"Namespace":"AoE2Arena",\
        "Dimensions":[["service","cause"]],"Metrics":[{"Name":"errors","Unit":"Count"}]}]},\
        "service":"tested","cause":"other","errors":1.0}""";
    lines.forEach(line -> ((ObjectNode) line.get("_aws")).put("Timestamp", 0));
    assertEquals(List.of(plain, divided), lines.stream().map(JsonNode::toString).toList());
  }
}
