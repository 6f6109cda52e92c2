package arena.benchmark;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** What the logs of the functions and APIs say about their use. */
final class LoggedUsage {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String FUNCTION = "arena-";

  private final LogsSince logs;
  private final Map<String, ForkUsage.Invocations> functions = new TreeMap<>();
  private final Set<String> metrics = new TreeSet<>();
  private double modelMillis;
  private long bytes;
  private long lines;

  LoggedUsage(LogsSince logs) {
    this.logs = logs;
    for (String log : logs.names()) {
      boolean function = log.startsWith(FUNCTION);
      // The others are logs of the local stack's servers.
      if (function || log.endsWith("-access")) {
        for (String line : logs.lines(log)) {
          bytes += line.getBytes(StandardCharsets.UTF_8).length;
          lines++;
          if (function) {
            read(log.substring(FUNCTION.length()), json(line));
          }
        }
      }
    }
  }

  private static JsonNode json(String line) {
    try {
      return JSON.readTree(line);
    } catch (JsonProcessingException e) {
      return JSON.createObjectNode(); // plain text of a library
    }
  }

  private void read(String function, JsonNode line) {
    if (line.path("type").asText().equals("platform.report")) {
      JsonNode measured = line.at("/record/metrics");
      // Lambda charges whole milliseconds.
      double seconds = Math.ceil(measured.get("durationMs").doubleValue()) / 1_000;
      double gigabytes = measured.get("memorySizeMB").doubleValue() / 1_024;
      functions.merge(
          function, new ForkUsage.Invocations(1, seconds * gigabytes), ForkUsage.Invocations::plus);
    }
    modelMillis += line.path("model_time").asDouble();
    for (JsonNode directive : line.at("/_aws/CloudWatchMetrics")) {
      for (JsonNode dimensions : directive.get("Dimensions")) {
        addMetrics(line, directive.get("Metrics"), dimensions);
      }
    }
  }

  private void addMetrics(JsonNode line, JsonNode measured, JsonNode dimensions) {
    StringBuilder name = new StringBuilder();
    for (JsonNode dimension : dimensions) {
      if (!dimension.asText().equals("service")) {
        name.append('/').append(line.path(dimension.asText()).asText());
      }
    }
    for (JsonNode metric : measured) {
      metrics.add(metric.get("Name").asText() + name);
    }
  }

  /** The invocations by function. */
  Map<String, ForkUsage.Invocations> functions() {
    return functions;
  }

  /** Names of the custom metrics, with their dimensions. */
  Set<String> metrics() {
    return metrics;
  }

  /** Time of all model calls. */
  double modelSeconds() {
    return modelMillis / 1_000;
  }

  /** The traffic of the APIs and logs. */
  ForkUsage.Traffic traffic(long cacheBytes) {
    return new ForkUsage.Traffic(
        logs.lines("http-access").size(),
        events("MESSAGE"),
        events("CONNECT"),
        bytes,
        lines,
        cacheBytes);
  }

  private long events(String type) {
    return logs.lines("websocket-access").stream()
        .filter(line -> line.contains("\"event\":\"" + type + "\""))
        .count();
  }
}
