package arena.acceptance;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An interpreter for the subset of CloudWatch Logs Insights that the template's queries use: {@code
 * fields}, {@code filter}, {@code stats … by}, {@code sort}, {@code limit}. Unknown syntax is
 * rejected.
 */
final class LogQuery {
  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  private final List<Command> commands;
  private final List<String> columns;

  /** One line of a log. */
  record Line(long time, String log, String message) {
    private JsonNode fields() {
      try {
        return MAPPER.readTree(message);
      } catch (JsonProcessingException e) {
        return MissingNode.getInstance();
      }
    }
  }

  /** Values by name: a log line or a row of a result. */
  interface Row {
    Object get(String name);
  }

  /** A step of a query, which transforms all rows. */
  interface Command {
    List<Row> apply(List<Row> rows);
  }

  LogQuery(List<Command> commands, List<String> columns) {
    this.commands = commands;
    this.columns = columns;
  }

  /** Parses a query. */
  static LogQuery parse(String text) {
    return new LogQueryParser(text).parse();
  }

  /** Runs the query over log lines; returns rows of values by column name. */
  List<Map<String, Object>> run(List<Line> lines) {
    List<Row> rows = new ArrayList<>();
    for (Line line : lines) {
      JsonNode fields = line.fields();
      rows.add(name -> value(line, fields, name));
    }
    for (Command command : commands) {
      rows = command.apply(rows);
    }
    List<Map<String, Object>> result = new ArrayList<>();
    for (Row row : rows) {
      Map<String, Object> values = new LinkedHashMap<>();
      columns.forEach(column -> values.put(column, row.get(column)));
      result.add(values);
    }
    return result;
  }

  private static Object value(Line line, JsonNode fields, String name) {
    return switch (name) {
      case "@timestamp" -> line.time();
      case "@message" -> line.message();
      case "@log" -> line.log();
      default -> {
        JsonNode field = fields.at("/" + name.replace('.', '/'));
        if (field.isNumber()) {
          yield field.doubleValue();
        }
        yield field.isValueNode() && !field.isNull() ? field.asText() : null;
      }
    };
  }

  static String text(Object value) {
    return Optional.ofNullable(value).map(Object::toString).orElse("");
  }

  static double number(Object value) {
    return value instanceof Number number ? number.doubleValue() : Double.NaN;
  }

  static int compare(Object one, Object other) {
    if (one instanceof Number && other instanceof Number) {
      return Double.compare(number(one), number(other));
    }
    return text(one).compareTo(text(other));
  }
}
