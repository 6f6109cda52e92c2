package arena.agent;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/**
 * Finds the chat completion in a response body. Gateways wrap it in an object or a list, and some
 * forward the answer of another API as it is: Ollama's chat, Anthropic's messages, OpenAI's
 * responses.
 */
final class CompletionFinder {
  private static final List<String> WRAPPERS = List.of("data", "result", "response", "body");

  private CompletionFinder() {}

  /** Returns the completion, or the body itself if it has none. */
  static JsonNode find(JsonNode body) {
    JsonNode answer = body.isArray() && body.size() == 1 ? body.path(0) : body;
    if (OpenAiAnswer.isCompletion(answer)) {
      return answer;
    }
    for (String wrapper : WRAPPERS) {
      if (answer.path(wrapper).path("choices").isArray()) {
        return answer.path(wrapper);
      }
    }
    if (answer.path("message").has("content")) {
      return completion(answer, answer.path("message"), answer.path("done_reason"));
    }
    if (answer.path("type").asText("").equals("message") && answer.has("content")) {
      return completion(answer, answer, answer.path("stop_reason"));
    }
    if (answer.path("object").asText("").equals("response") && answer.path("output").isArray()) {
      JsonNode finish = answer.path("incomplete_details").path("reason");
      return completion(answer, message(answer.path("output")), finish);
    }
    return answer;
  }

  private static JsonNode completion(JsonNode answer, JsonNode message, JsonNode finish) {
    ObjectNode completion = JsonNodeFactory.instance.objectNode();
    completion.set("error", answer.path("error"));
    completion.set("usage", answer.path("usage"));
    ObjectNode choice = completion.putArray("choices").addObject();
    choice.set("message", message);
    choice.set("finish_reason", finish);
    return completion;
  }

  /** The message that the output items of a response make together. */
  private static ObjectNode message(JsonNode items) {
    ObjectNode message = JsonNodeFactory.instance.objectNode();
    ArrayNode content = message.putArray("content");
    for (JsonNode item : items) {
      if (item.path("content").isArray() && item.path("type").asText("").equals("message")) {
        item.path("content").forEach(content::add);
      } else {
        content.add(item);
      }
    }
    return message;
  }
}
