package arena.agent;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** An answer that a server sends as a stream of events although none was asked for. */
final class EventStream {
  private static final String DATA = "data:";

  private EventStream() {}

  /** Whether a body is a stream of events. */
  static boolean isStream(byte[] body) {
    String start =
        new String(body, 0, Math.min(body.length, 100), StandardCharsets.UTF_8).stripLeading();
    return start.startsWith(DATA) || start.startsWith("event:") || start.startsWith(": ");
  }

  /**
   * Joins the events to one completion. An event that is an error is returned instead.
   *
   * @throws IOException if an event is not JSON
   */
  static JsonNode joined(byte[] body, ObjectMapper json) throws IOException {
    StringBuilder content = new StringBuilder();
    StringBuilder thinking = new StringBuilder();
    ObjectNode completion = JsonNodeFactory.instance.objectNode().put("object", "chat.completion");
    ObjectNode choice = completion.putArray("choices").addObject();
    ObjectNode message = choice.putObject("message");
    for (String line : new String(body, StandardCharsets.UTF_8).lines().toList()) {
      String data = line.startsWith(DATA) ? line.substring(DATA.length()).strip() : "";
      if (!data.startsWith("{")) {
        continue; // a comment, a field, or the end: [DONE]
      }
      JsonNode event = json.readTree(data);
      if (event.has("error")) {
        return event;
      }
      JsonNode part = event.path("choices").path(0);
      JsonNode delta = part.path(part.has("delta") ? "delta" : "message");
      content.append(delta.path("content").asText(""));
      thinking.append(delta.path("reasoning_content").asText(delta.path("reasoning").asText("")));
      if (delta.path("tool_calls").isArray()) {
        message.set("tool_calls", delta.path("tool_calls"));
      }
      if (part.path("finish_reason").isTextual()) {
        choice.set("finish_reason", part.path("finish_reason"));
      }
      if (event.path("usage").isObject()) {
        completion.set("usage", event.path("usage"));
      }
    }
    message.put("content", content.toString()).put("reasoning_content", thinking.toString());
    return completion;
  }
}
