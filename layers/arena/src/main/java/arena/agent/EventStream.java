package arena.agent;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * An answer that a server sends as a stream although none was asked for: events, or one chunk a
 * line.
 */
final class EventStream {
  private static final String DATA = "data:";
  private static final int MAX_START = 300;

  private static final Pattern START =
      Pattern.compile("(?:data|event|id|retry)?:.*|\\{[^\\n]*\"chat\\.completion\\.chunk\".*");

  private EventStream() {}

  /** Whether a body is a stream. */
  static boolean isStream(byte[] body) {
    return text(body, Math.min(body.length, MAX_START))
        .lines()
        .findFirst()
        .filter(line -> START.matcher(line).matches())
        .isPresent();
  }

  /** The text without a byte order mark and blank lines before it. */
  private static String text(byte[] body, int length) {
    String text = new String(body, 0, length, StandardCharsets.UTF_8);
    return (text.startsWith("\uFEFF") ? text.substring(1) : text).stripLeading();
  }

  /**
   * Joins the events to one completion. An event that is an error is returned instead.
   *
   * @throws IOException if an event is not JSON
   */
  static JsonNode joined(byte[] body, ObjectMapper json) throws IOException {
    Map<String, List<JsonNode>> fields = new LinkedHashMap<>();
    ObjectNode completion = JsonNodeFactory.instance.objectNode().put("object", "chat.completion");
    ObjectNode choice = completion.putArray("choices").addObject();
    for (String line : text(body, body.length).lines().toList()) {
      String data = line.startsWith(DATA) ? line.substring(DATA.length()).strip() : line;
      if (!data.startsWith("{")) {
        continue; // a comment, a field, or the end: [DONE]
      }
      JsonNode event = json.readTree(data);
      if (!OpenAiAnswer.error(event).isMissingNode()) {
        return event;
      }
      JsonNode part = event.path("choices").path(0);
      String holder = part.has("delta") ? "delta" : "message";
      if (part.has(holder)) {
        collect(fields, part.path(holder), "");
      } else {
        collect(fields, part, "text"); // a completion without chat
      }
      if (part.path("finish_reason").isTextual()) {
        choice.set("finish_reason", part.path("finish_reason"));
      }
      if (event.path("usage").isObject()) {
        completion.set("usage", event.path("usage"));
      }
    }
    ObjectNode message = choice.putObject("message");
    fields.forEach((name, parts) -> message.set(name, joined(parts)));
    return completion;
  }

  /**
   * Adds the fields of one delta.
   *
   * @param only the only field to take, as the message's content; empty takes all
   */
  private static void collect(Map<String, List<JsonNode>> fields, JsonNode delta, String only) {
    for (Map.Entry<String, JsonNode> field : delta.properties()) {
      if (!field.getValue().isNull() && (only.isEmpty() || field.getKey().equals(only))) {
        fields
            .computeIfAbsent(only.isEmpty() ? field.getKey() : "content", _ -> new ArrayList<>())
            .add(field.getValue());
      }
    }
  }

  /**
   * Texts are appended; lists and their items become one list; of other values the first counts.
   */
  private static JsonNode joined(List<JsonNode> parts) {
    if (parts.stream().allMatch(JsonNode::isTextual)) {
      return JsonNodeFactory.instance.textNode(
          parts.stream().map(JsonNode::asText).collect(Collectors.joining()));
    }
    if (parts.stream().noneMatch(JsonNode::isArray)) {
      return parts.getFirst();
    }
    ArrayNode all = JsonNodeFactory.instance.arrayNode();
    for (JsonNode part : parts) {
      if (part.isArray()) {
        part.forEach(all::add);
      } else {
        all.add(part);
      }
    }
    return all;
  }
}
