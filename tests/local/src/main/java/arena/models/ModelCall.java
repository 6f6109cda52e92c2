package arena.models;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A call that the server got.
 *
 * @param api which of the two APIs it was made through
 * @param model the model that it asks for
 * @param prompt the text of its last message
 * @param attempt how often this model was asked this very prompt before, plus 1
 * @param headers by name, in lower case
 * @param body what was sent
 */
public record ModelCall(
    Api api,
    String model,
    String prompt,
    int attempt,
    Map<String, List<String>> headers,
    JsonNode body) {

  /** The two APIs. */
  public enum Api {
    /** Amazon Bedrock's {@code POST /model/{modelId}/converse}. */
    CONVERSE,
    /** {@code POST /v1/chat/completions}. */
    CHAT
  }

  /** The first value of a header. */
  public Optional<String> header(String name) {
    return headers.getOrDefault(name, List.of()).stream().findFirst();
  }
}
