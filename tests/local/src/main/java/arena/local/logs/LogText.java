package arena.local.logs;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A line of a function's log for a terminal. */
public final class LogText {
  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  /** What every line has, or what stands at its beginning: it is not said again. */
  private static final Set<String> USUAL =
      Set.of(
          "timestamp",
          "level",
          "message",
          "error",
          "logger",
          "cold_start",
          "function",
          "function_name",
          "function_version",
          "function_request_id",
          "xray_trace_id",
          "service",
          "run_id",
          "t");

  private LogText() {}

  /**
   * When, which function, how bad, at which turn, what, and what else the line has; an exception by
   * its name and message.
   *
   * @param at when it was written
   * @param line the line as it was written: JSON, or whatever it is
   */
  public static String of(String at, String function, String line) {
    JsonNode fields;
    try {
      fields = MAPPER.readTree(line);
    } catch (JsonProcessingException e) {
      return "%s %-13s %s".formatted(at, function, line);
    }
    if (!fields.hasNonNull("message")) {
      return "%s %-13s %s".formatted(at, function, line);
    }
    List<String> more = new ArrayList<>();
    for (Map.Entry<String, JsonNode> field : fields.properties()) {
      if (!USUAL.contains(field.getKey()) && field.getValue().isValueNode()) {
        more.add(field.getKey() + "=" + field.getValue().asText());
      }
    }
    JsonNode error = fields.path("error");
    if (error.hasNonNull("name")) {
      more.add(error.get("name").asText() + ": " + error.path("message").asText());
    }
    return "%s %-13s %-5s %-5s %s  %s"
        .formatted(
            at,
            function,
            fields.path("level").asText(),
            fields.hasNonNull("t") ? "t=" + fields.get("t").asText() : "",
            fields.get("message").asText(),
            String.join(" ", more))
        .stripTrailing();
  }
}
