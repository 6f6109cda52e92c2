package arena.models;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A recorded call.
 *
 * @param api the API of the call
 * @param model the requested model
 * @param prompt the text of its last message
 * @param attempt the number of this call among those of the model with the same prompt, from 1
 * @param headers the values by lower-case name
 * @param body the request's body
 */
public record ModelCall(
    Api api,
    String model,
    String prompt,
    int attempt,
    Map<String, List<String>> headers,
    JsonNode body) {

  /** The APIs. */
  public enum Api {
    /** Amazon Bedrock's {@code POST /model/{modelId}/converse}. */
    CONVERSE,
    /** {@code POST /v1/chat/completions}. */
    CHAT,
    /** Anthropic's {@code POST /v1/messages}. */
    MESSAGES
  }

  /** Returns the first value of a header. */
  public Optional<String> header(String name) {
    return headers.getOrDefault(name, List.of()).stream().findFirst();
  }
}
