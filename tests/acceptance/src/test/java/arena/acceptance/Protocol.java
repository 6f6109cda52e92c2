package arena.acceptance;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** PROTOCOL.md: the description of the WebSocket interface, for tests. */
final class Protocol {
  private static final Path FILE = Path.of("..", "..", "functions", "stream-events", "PROTOCOL.md");
  private static final Pattern EXAMPLE =
      Pattern.compile(
          "^```json (client|server)\\n(.+?)\\n```$", Pattern.MULTILINE | Pattern.DOTALL);
  private static final Pattern ERROR_ROW =
      Pattern.compile("^\\| `(\\w+)` \\| .+ \\|$", Pattern.MULTILINE);
  private static final Pattern LIMIT_ROW =
      Pattern.compile("^\\| ([^|]+) \\| (.+) \\|$", Pattern.MULTILINE);
  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  private final String document;

  private Protocol(String document) {
    this.document = document;
  }

  /** Reads the page in this repository. */
  static Protocol read() {
    try {
      return new Protocol(Files.readString(FILE));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The client messages in the page. */
  List<JsonNode> clientExamples() {
    return examples("client");
  }

  /** The server messages in the page. */
  List<JsonNode> serverExamples() {
    return examples("server");
  }

  /** The client example of an action, with this run id. */
  String clientExample(String action, String runId) {
    ObjectNode example =
        clientExamples().stream()
            .filter(one -> one.get("action").textValue().equals(action))
            .findFirst()
            .orElseThrow()
            .deepCopy();
    if (example.has("run_id")) {
      example.put("run_id", runId);
    }
    return example.toString();
  }

  /** The first server message of this type. */
  JsonNode serverExample(String type) {
    return serverExamples().stream()
        .filter(example -> example.path("type").asText().equals(type))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no example of type " + type));
  }

  private List<JsonNode> examples(String side) {
    List<JsonNode> examples = new ArrayList<>();
    Matcher matcher = EXAMPLE.matcher(document);
    while (matcher.find()) {
      if (matcher.group(1).equals(side)) {
        examples.add(json(matcher.group(2)));
      }
    }
    return examples;
  }

  /** The codes in the error table. */
  Set<String> errorCodes() {
    int start = document.indexOf("\n|---|---|\n", document.indexOf("### error\n"));
    int end = document.indexOf("\n## ", start);
    Set<String> codes = new TreeSet<>();
    Matcher matcher = ERROR_ROW.matcher(document.substring(start, end));
    while (matcher.find()) {
      if (!codes.add(matcher.group(1))) {
        throw new AssertionError("duplicate error code " + matcher.group(1));
      }
    }
    return codes;
  }

  /** The rows of the table of limits. */
  Map<String, String> limits() {
    int start = document.indexOf("\n|---|---|\n", document.indexOf("\n## Limits\n"));
    int end = document.indexOf("\n\n", start);
    Map<String, String> limits = new TreeMap<>();
    Matcher rows = LIMIT_ROW.matcher(document.substring(start, end));
    while (rows.find()) {
      limits.put(rows.group(1), rows.group(2));
    }
    return limits;
  }

  /** Renders a message's fields and their types, sorted by name. */
  static String shape(JsonNode json) {
    return switch (json.getNodeType()) {
      case OBJECT -> {
        List<String> fields = new ArrayList<>();
        for (String name : new TreeSet<>(names(json))) {
          fields.add(name + ": " + shape(json.get(name)));
        }
        yield "{" + String.join(", ", fields) + "}";
      }
      case ARRAY -> {
        Set<String> shapes = new TreeSet<>();
        json.forEach(element -> shapes.add(shape(element)));
        yield "[" + String.join(" or ", shapes) + "]";
      }
      case NUMBER -> json.isIntegralNumber() ? "whole number" : "number";
      default -> json.getNodeType().toString();
    };
  }

  private static List<String> names(JsonNode json) {
    List<String> names = new ArrayList<>();
    json.fieldNames().forEachRemaining(names::add);
    return names;
  }

  static JsonNode json(String text) {
    try {
      return MAPPER.readTree(text);
    } catch (JsonProcessingException e) {
      throw new AssertionError("not JSON: " + text, e);
    }
  }
}
