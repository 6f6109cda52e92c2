package arena.models;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;

/** The OpenAI-compatible chat completions API: its shapes, as different servers give them. */
final class ChatApi {
  private static final ObjectMapper JSON = new ObjectMapper();

  private ChatApi() {}

  /** What the API would object to in this request, if anything. */
  static Optional<String> objection(JsonNode body) {
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

  /** The text of the last message. */
  static String prompt(JsonNode body) {
    JsonNode messages = body.path("messages");
    return messages.path(messages.size() - 1).path("content").asText("");
  }

  /** The documented answer, as this kind of server gives it. */
  static String answer(ModelServer.Flavour flavour, String model, Reply.Text reply) {
    ObjectNode answer = JSON.createObjectNode();
    answer
        .put("id", "chatcmpl-8a2f")
        .put("object", "chat.completion")
        .put("created", 1_790_000_000);
    answer.put("model", model);
    ObjectNode choice = answer.putArray("choices").addObject().put("index", 0);
    ObjectNode message = choice.putObject("message").put("role", "assistant");
    message.put("content", reply.text());
    choice.put("finish_reason", reply.cut() ? "length" : "stop");
    reply
        .usage()
        .ifPresent(
            usage ->
                answer
                    .putObject("usage")
                    .put("prompt_tokens", usage.input())
                    .put("completion_tokens", usage.output())
                    .put("total_tokens", usage.input() + usage.output()));
    switch (flavour) {
      case OPENAI -> {
        message.putNull("refusal").putArray("annotations");
        choice.putNull("logprobs");
        answer.put("service_tier", "default").put("system_fingerprint", "fp_44709d6fcb");
      }
      case OLLAMA -> {
        answer.put("system_fingerprint", "fp_ollama");
        reply.thinking().ifPresent(thinking -> message.put("reasoning", thinking));
      }
      case VLLM -> {
        message.put("reasoning_content", reply.thinking().orElse(null));
        message.putNull("refusal").putNull("function_call").putArray("tool_calls");
        choice.putNull("logprobs").putNull("stop_reason");
        answer.putNull("prompt_logprobs").putNull("kv_transfer_params");
      }
      case LLAMA_CPP -> {
        reply.thinking().ifPresent(thinking -> message.put("reasoning_content", thinking));
        answer.put("system_fingerprint", "b6271-dbb4fe5a");
        answer.putObject("timings").put("prompt_n", 12).put("predicted_per_second", 41.5);
      }
    }
    return answer.toString();
  }

  /** An answer without a choice. */
  static String empty(String model) {
    ObjectNode answer = JSON.createObjectNode();
    answer.put("id", "chatcmpl-8a2f").put("object", "chat.completion").put("model", model);
    answer.putArray("choices");
    return answer.toString();
  }

  /** The body of an error, as this kind of server gives it. */
  static String error(
      ModelServer.Flavour flavour, int status, String type, String code, String message) {
    return error(flavour, status, type, code, null, message);
  }

  /** The body of an error about one parameter. */
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
