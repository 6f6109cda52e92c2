package arena.local.logs;

import arena.text.PlainText;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Formats a line of a function's log for a terminal. */
public final class LogText {
  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  /** Fields that every line has or that are shown at its start. */
  private static final Set<String> OMITTED =
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
   * Returns time, function, level, turn, message and the other fields of a line; an exception by
   * its name and message. Values stay on the line, and cannot control the terminal.
   *
   * @param at the time of the line
   * @param line the line as it was written
   */
  public static String of(String at, String function, String line) {
    return PlainText.clean(formatted(PlainText.line(at), PlainText.line(function), line));
  }

  private static String formatted(String at, String function, String line) {
    JsonNode fields;
    try {
      fields = MAPPER.readTree(line);
    } catch (JsonProcessingException e) {
      return String.format(Locale.ROOT, "%s %-13s %s", at, function, PlainText.line(line));
    }
    if (!fields.hasNonNull("message")) {
      return String.format(Locale.ROOT, "%s %-13s %s", at, function, PlainText.line(line));
    }
    List<String> more = new ArrayList<>();
    for (Map.Entry<String, JsonNode> field : fields.properties()) {
      if (!OMITTED.contains(field.getKey()) && field.getValue().isValueNode()) {
        more.add(PlainText.line(field.getKey() + "=" + field.getValue().asText()));
      }
    }
    JsonNode error = fields.path("error");
    if (error.hasNonNull("name")) {
      more.add(PlainText.line(error.get("name").asText() + ": " + error.path("message").asText()));
    }
    return String.format(
            Locale.ROOT,
            "%s %-13s %-5s %-5s %s  %s",
            at,
            function,
            PlainText.line(fields.path("level").asText()),
            fields.hasNonNull("t") ? "t=" + PlainText.line(fields.get("t").asText()) : "",
            PlainText.line(fields.get("message").asText()),
            String.join(" ", more))
        .stripTrailing();
  }
}
