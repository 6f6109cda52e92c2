package arena.models;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;

/**
 * Requests and responses of the OpenAI-compatible chat completions API, in the formats of several
 * servers.
 */
final class ChatApi {
  private static final ObjectMapper JSON = new ObjectMapper();

  private ChatApi() {}

  /** Validates a request; returns the error message of an invalid one. */
  static Optional<String> validate(JsonNode body) {
    if (!body.path("model").isTextual() || body.path("model").asText().isEmpty()) {
      return Optional.of("you must provide a model parameter");
    }
    JsonNode messages = body.path("messages");
    if (!messages.isArray() || messages.isEmpty()) {
      return Optional.of("Missing required parameter: 'messages'.");
    }
    for (JsonNode message : messages) {
      if (!message.path("role").isTextual() || !message.path("content").isTextual()) {
        return Optional.of("Invalid type for 'messages[].content'.");
      }
    }
    if (body.path("stream").asBoolean(false)) {
      return Optional.of("This server does not stream.");
    }
    double temperature = body.path("temperature").asDouble(1);
    return temperature < 0 || temperature > 2
        ? Optional.of("Invalid 'temperature': expected a value from 0 to 2.")
        : Optional.empty();
  }

  /** Returns the text of the last message. */
  static String prompt(JsonNode body) {
    JsonNode messages = body.path("messages");
    return messages.path(messages.size() - 1).path("content").asText("");
  }

  /** Returns the documented response in the format of a server. */
  static String response(
      ModelServer.Flavour flavour, String model, JsonNode request, Reply.Text reply) {
    ObjectNode response = JSON.createObjectNode();
    response
        .put("id", "chatcmpl-8a2f")
        .put("object", "chat.completion")
        .put("created", 1_790_000_000);
    response.put("model", model);
    ObjectNode choice = response.putArray("choices").addObject().put("index", 0);
    ObjectNode message = choice.putObject("message").put("role", "assistant");
    Optional<JsonNode> arguments = OfferedTool.arguments(request, reply.text());
    if (arguments.isPresent()) {
      message
          .putNull("content")
          .putArray("tool_calls")
          .addObject()
          .put("id", "call_01")
          .put("type", "function")
          .putObject("function")
          .put("name", request.at("/tools/0/function/name").asText())
          .put("arguments", reply.text());
    } else {
      message.put("content", reply.text());
    }
    choice.put(
        "finish_reason",
        reply.truncated() ? "length" : arguments.isPresent() ? "tool_calls" : "stop");
    reply
        .usage()
        .ifPresent(
            usage ->
                response
                    .putObject("usage")
                    .put("prompt_tokens", usage.input())
                    .put("completion_tokens", usage.output())
                    .put("total_tokens", usage.input() + usage.output())
                    .putObject("prompt_tokens_details")
                    .put("cached_tokens", usage.cached()));
    switch (flavour) {
      case OPENAI -> {
        message.putNull("refusal").putArray("annotations");
        choice.putNull("logprobs");
        response.put("service_tier", "default").put("system_fingerprint", "fp_44709d6fcb");
      }
      case OLLAMA -> {
        response.put("system_fingerprint", "fp_ollama");
        reply.thinking().ifPresent(thinking -> message.put("reasoning", thinking));
      }
      case VLLM -> {
        message.put("reasoning_content", reply.thinking().orElse(null));
        message.putNull("refusal").putNull("function_call");
        if (!message.has("tool_calls")) {
          message.putArray("tool_calls");
        }
        choice.putNull("logprobs").putNull("stop_reason");
        response.putNull("prompt_logprobs").putNull("kv_transfer_params");
      }
      case LLAMA_CPP -> {
        reply.thinking().ifPresent(thinking -> message.put("reasoning_content", thinking));
        response.put("system_fingerprint", "b6271-dbb4fe5a");
        response.putObject("timings").put("prompt_n", 12).put("predicted_per_second", 41.5);
      }
    }
    return response.toString();
  }

  /** Returns a response without a choice. */
  static String empty(String model) {
    ObjectNode response = JSON.createObjectNode();
    response.put("id", "chatcmpl-8a2f").put("object", "chat.completion").put("model", model);
    response.putArray("choices");
    return response.toString();
  }

  /** Returns the body of an error in the format of a server. */
  static String error(
      ModelServer.Flavour flavour, int status, String type, String code, String message) {
    return error(flavour, status, type, code, null, message);
  }

  /** Returns the body of an error about a parameter. */
  static String error(
      ModelServer.Flavour flavour,
      int status,
      String type,
      String code,
      String parameter,
      String message) {
    ObjectNode body = JSON.createObjectNode();
    switch (flavour) {
      case OPENAI ->
          body.putObject("error")
              .put("message", message)
              .put("type", type)
              .put("param", parameter)
              .put("code", code);
      case OLLAMA ->
          body.putObject("error")
              .put("message", message)
              .put("type", "api_error")
              .putNull("param")
              .putNull("code");
      case VLLM ->
          body.put("object", "error")
              .put("message", message)
              .put("type", type)
              .put("param", parameter)
              .put("code", status);
      case LLAMA_CPP ->
          body.putObject("error").put("code", status).put("message", message).put("type", type);
    }
    return body.toString();
  }
}
