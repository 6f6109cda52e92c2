package arena.models;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Optional;

/** What a model answers that must call a tool: a text that is a JSON object is its arguments. */
final class OfferedTool {
  private static final ObjectMapper JSON = new ObjectMapper();

  private OfferedTool() {}

  /**
   * Returns the arguments of the call.
   *
   * @param request has {@code tools} if a tool is offered
   * @return empty if the model answers with text
   */
  static Optional<JsonNode> arguments(JsonNode request, String text) {
    if (request.path("tools").isEmpty() && request.at("/toolConfig/tools").isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(JSON.readTree(text)).filter(JsonNode::isObject);
    } catch (JsonProcessingException e) {
      return Optional.empty();
    }
  }
}
