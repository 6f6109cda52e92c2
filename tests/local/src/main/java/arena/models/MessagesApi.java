package arena.models;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import java.util.Set;

/** Requests and responses of Anthropic's Messages API. */
final class MessagesApi {
  private static final ObjectMapper JSON = new ObjectMapper();

  private static final Set<String> FIELDS =
      Set.of(
          "model",
          "messages",
          "max_tokens",
          "system",
          "temperature",
          "stream",
          "tools",
          "tool_choice",
          "output_config",
          "metadata",
          "stop_sequences",
          "thinking",
          "top_k",
          "top_p",
          "service_tier");

  private MessagesApi() {}

  /** Validates a request; returns the error message of an invalid one. */
  static Optional<String> validate(JsonNode body) {
    for (String field : (Iterable<String>) body::fieldNames) {
      if (!FIELDS.contains(field)) {
        return Optional.of(field + ": Extra inputs are not permitted");
      }
    }
    for (String field : new String[] {"model", "messages", "max_tokens"}) {
      if (!body.has(field)) {
        return Optional.of(field + ": Field required");
      }
    }
    if (body.path("max_tokens").asInt(0) < 1) {
      return Optional.of("max_tokens: Input should be greater than or equal to 1");
    }
    JsonNode messages = body.path("messages");
    if (!messages.isArray() || messages.isEmpty()) {
      return Optional.of("messages: at least one message is required");
    }
    for (JsonNode message : messages) {
      if (!Set.of("user", "assistant").contains(message.path("role").asText())) {
        return Optional.of("messages.0.role: Input should be 'user' or 'assistant'");
      }
      if (message.path("content").asText("").isBlank()) {
        return Optional.of("messages: text content blocks must be non-empty");
      }
    }
    if (body.path("tool_choice").has("name")
        && !body.path("tool_choice").path("name").equals(body.path("tools").at("/0/name"))) {
      return Optional.of("tool_choice: Tool not found in provided tools");
    }
    if (body.path("stream").asBoolean(false)) {
      return Optional.of("stream: this server does not stream");
    }
    double temperature = body.path("temperature").asDouble(1);
    return temperature < 0 || temperature > 1
        ? Optional.of("temperature: range: 0..1")
        : Optional.empty();
  }

  /** Returns the text of the last message. */
  static String prompt(JsonNode body) {
    JsonNode messages = body.path("messages");
    return messages.path(messages.size() - 1).path("content").asText("");
  }

  /** Returns the documented response. */
  static String response(String model, JsonNode request, Reply.Text reply) {
    ObjectNode response = JSON.createObjectNode();
    response.put("id", "msg_01X").put("type", "message").put("role", "assistant");
    response.put("model", model);
    reply
        .thinking()
        .ifPresent(
            thinking ->
                response
                    .withArray("content")
                    .addObject()
                    .put("type", "thinking")
                    .put("thinking", thinking)
                    .put("signature", "c2lnbmF0dXJl"));
    Optional<JsonNode> arguments = OfferedTool.arguments(request, reply.text());
    if (arguments.isPresent()) {
      response
          .withArray("content")
          .addObject()
          .put("type", "tool_use")
          .put("id", "toolu_01X")
          .put("name", request.at("/tools/0/name").asText())
          .set("input", arguments.get());
    } else {
      response.withArray("content").addObject().put("type", "text").put("text", reply.text());
    }
    response.put(
        "stop_reason",
        reply.truncated() ? "max_tokens" : arguments.isPresent() ? "tool_use" : "end_turn");
    response.putNull("stop_sequence");
    reply
        .usage()
        .ifPresent(
            usage ->
                response
                    .putObject("usage")
                    .put("input_tokens", usage.input() - usage.cached())
                    .put("cache_creation_input_tokens", 0)
                    .put("cache_read_input_tokens", usage.cached())
                    .put("output_tokens", usage.output()));
    return response.toString();
  }

  /** Returns a response without content. */
  static String empty(String model) {
    return JSON.createObjectNode()
        .put("id", "msg_01X")
        .put("type", "message")
        .put("role", "assistant")
        .put("model", model)
        .put("stop_reason", "end_turn")
        .set("content", JSON.createArrayNode())
        .toString();
  }

  /** Returns the status of a fault. */
  static int status(Fault fault) {
    return switch (fault) {
      case THROTTLED -> 429;
      case QUOTA, INVALID -> 400;
      case OVERLOADED, NOT_READY -> 529;
      case INTERNAL, MODEL_ERROR -> 500;
      case TIMED_OUT -> 504;
      case REFUSED -> 401;
      case UNKNOWN_MODEL -> 404;
    };
  }

  /** Returns the body of a fault's error, with {@code %s} for the model. */
  static String error(Fault fault, String model) {
    return switch (fault) {
      case THROTTLED ->
          error(
              "rate_limit_error",
              "This request would exceed your organization's rate limit of 50 requests per minute.");
      case QUOTA ->
          error(
              "invalid_request_error",
              "Your credit balance is too low to access the Anthropic API.");
      case OVERLOADED, NOT_READY -> error("overloaded_error", "Overloaded");
      case INTERNAL, MODEL_ERROR -> error("api_error", "Internal server error");
      case TIMED_OUT -> error("timeout_error", "Request timed out");
      case REFUSED -> error("authentication_error", "invalid x-api-key");
      case INVALID -> error("invalid_request_error", "messages: the request is not valid");
      case UNKNOWN_MODEL -> error("not_found_error", "model: " + model);
    };
  }

  /** Returns the body of an error. */
  static String error(String type, String message) {
    ObjectNode body = JSON.createObjectNode().put("type", "error");
    body.putObject("error").put("type", type).put("message", message);
    return body.put("request_id", "req_01X").toString();
  }
}
