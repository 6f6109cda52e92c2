package arena.local.log;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.Arrays;
import java.util.regex.Pattern;

/**
 * The lowest levels of the lines that Lambda forwards to CloudWatch Logs from a function whose log
 * format is JSON.
 *
 * <p>A line of the function without a valid {@code level} or {@code timestamp} has the level INFO;
 * so do lines that are not JSON, and those with metrics. See "Log-level filtering" in Lambda's
 * developer guide.
 *
 * @param application lowest level of the lines that the function writes
 * @param system lowest level of the lines that Lambda writes
 */
public record LogFilter(Level application, Level system) {
  /** Levels in ascending order. */
  public enum Level {
    TRACE,
    DEBUG,
    INFO,
    WARN,
    ERROR,
    FATAL
  }

  /** Lambda's defaults. */
  public static final LogFilter DEFAULT = new LogFilter(Level.INFO, Level.INFO);

  /** Forwards all lines. */
  static final LogFilter NONE = new LogFilter(Level.TRACE, Level.TRACE);

  private static final JsonMapper JSON = JsonMapper.builder().build();

  /** RFC 3339. */
  private static final Pattern TIMESTAMP =
      Pattern.compile("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?(Z|[+-]\\d\\d:\\d\\d)");

  /** Returns whether a line is forwarded. */
  public boolean forwards(String line) {
    if (equals(NONE)) {
      return true;
    }
    JsonNode fields = fields(line);
    return fields.path("type").asText().startsWith("platform.")
        ? systemLevel(fields).compareTo(system) >= 0
        : applicationLevel(fields).compareTo(application) >= 0;
  }

  private static JsonNode fields(String line) {
    try {
      JsonNode fields = line.startsWith("{") ? JSON.readTree(line) : null;
      return fields == null ? JSON.createObjectNode() : fields;
    } catch (JsonProcessingException e) {
      return JSON.createObjectNode();
    }
  }

  private static Level applicationLevel(JsonNode fields) {
    if (!TIMESTAMP.matcher(fields.path("timestamp").asText()).matches()) {
      return Level.INFO;
    }
    return Arrays.stream(Level.values())
        .filter(level -> level.name().equalsIgnoreCase(fields.path("level").asText()))
        .findFirst()
        .orElse(Level.INFO);
  }

  /** Returns the level that Lambda assigns to an event of those that the local stack logs. */
  private static Level systemLevel(JsonNode fields) {
    JsonNode record = fields.path("record");
    if (record.has("status") && !record.path("status").asText().equals("success")) {
      return Level.WARN;
    }
    return record.path("initializationType").asText().equals("on-demand")
        ? Level.DEBUG
        : Level.INFO;
  }
}
