package arena.models;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Requests and responses of Amazon Bedrock's Converse API. */
final class ConverseApi {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Set<String> FIELDS =
      Set.of(
          "messages",
          "system",
          "inferenceConfig",
          "toolConfig",
          "outputConfig",
          "guardrailConfig",
          "additionalModelRequestFields",
          "promptVariables",
          "additionalModelResponseFieldPaths",
          "requestMetadata",
          "performanceConfig",
          "serviceTier");

  private ConverseApi() {}

  /** Validates a request; returns the error message of an invalid one. */
  static Optional<String> validate(JsonNode body) {
    for (String field : (Iterable<String>) body::fieldNames) {
      if (!FIELDS.contains(field)) {
        return Optional.of(
            String.format(Locale.ROOT, "Malformed input request: extraneous key [%s].", field));
      }
    }
    JsonNode messages = body.path("messages");
    if (!messages.isArray() || messages.isEmpty()) {
      return Optional.of("A conversation must start with a user message.");
    }
    if (!messages.path(0).path("role").asText().equals("user")) {
      return Optional.of("A conversation must start with a user message.");
    }
    for (JsonNode message : messages) {
      if (message.path("content").path(0).path("text").asText("").isBlank()) {
        return Optional.of("The text field in the ContentBlock object is blank.");
      }
    }
    for (JsonNode block : body.path("system")) {
      if (!block.has("cachePoint") && block.path("text").asText("").isBlank()) {
        return Optional.of("The text field in the SystemContentBlock object is blank.");
      }
    }
    JsonNode inference = body.path("inferenceConfig");
    if (inference.has("maxTokens") && inference.path("maxTokens").asInt(0) < 1) {
      return Optional.of("maxTokens must be 1 or more.");
    }
    double temperature = inference.path("temperature").asDouble(0);
    return temperature < 0 || temperature > 1
        ? Optional.of("The value of temperature must be from 0 to 1.")
        : Optional.empty();
  }

  /** Returns the text of the last message. */
  static String prompt(JsonNode body) {
    JsonNode messages = body.path("messages");
    return messages.path(messages.size() - 1).path("content").path(0).path("text").asText("");
  }

  /** Returns the documented response. */
  static String response(JsonNode request, Reply.Text reply) {
    ObjectNode response = JSON.createObjectNode();
    ObjectNode message = response.putObject("output").putObject("message");
    message.put("role", "assistant");
    reply
        .thinking()
        .ifPresent(
            thinking ->
                message
                    .withArray("content")
                    .addObject()
                    .putObject("reasoningContent")
                    .putObject("reasoningText")
                    .put("text", thinking)
                    .put("signature", "c2lnbmF0dXJl"));
    Optional<JsonNode> arguments = OfferedTool.arguments(request, reply.text());
    if (arguments.isPresent()) {
      message
          .withArray("content")
          .addObject()
          .putObject("toolUse")
          .put("toolUseId", "tooluse_01")
          .put("name", request.at("/toolConfig/tools/0/toolSpec/name").asText())
          .set("input", arguments.get());
    } else {
      message.withArray("content").addObject().put("text", reply.text());
    }
    response.put(
        "stopReason",
        reply.truncated() ? "max_tokens" : arguments.isPresent() ? "tool_use" : "end_turn");
    reply
        .usage()
        .ifPresent(
            usage ->
                response
                    .putObject("usage")
                    .put("inputTokens", usage.input() - usage.cached())
                    .put("cacheReadInputTokens", usage.cached())
                    .put("outputTokens", usage.output())
                    .put("totalTokens", usage.input() + usage.output()));
    response.putObject("metrics").put("latencyMs", 12);
    return response.toString();
  }

  /** Returns a response without a message. */
  static String empty() {
    return "{\"output\":{},\"stopReason\":\"end_turn\",\"usage\":{\"inputTokens\":1,"
        + "\"outputTokens\":0,\"totalTokens\":1},\"metrics\":{\"latencyMs\":1}}";
  }

  /** Returns the body of an error; its type is in the header {@code x-amzn-errortype}. */
  static String error(Fault fault, String message) {
    ObjectNode error = JSON.createObjectNode().put("message", message);
    if (fault == Fault.MODEL_ERROR) {
      error.put("originalStatusCode", 500).put("resourceName", "model");
    }
    return error.toString();
  }
}
