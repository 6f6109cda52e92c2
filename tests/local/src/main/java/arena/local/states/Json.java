package arena.local.states;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;

/** JSON as maps, lists, strings, numbers, booleans and null, which JSONata works on. */
final class Json {
  private static final ObjectMapper MAPPER =
      new ObjectMapper(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(200)
                          .maxStringLength(4 * Quotas.MAX_REQUEST)
                          .build())
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY);

  private Json() {}

  /** Parses a text; throws if it is not JSON. */
  static Object read(String text) throws JsonProcessingException {
    if (text.isBlank()) {
      throw new com.fasterxml.jackson.core.JsonParseException(null, "the text is empty");
    }
    return MAPPER.readValue(text, Object.class);
  }

  /** Parses a text that this package wrote or has validated. */
  static Object readOwn(String text) {
    try {
      return read(text);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("validated JSON cannot be parsed", e);
    }
  }

  /** Returns compact JSON. */
  static String write(Object value) {
    try {
      return MAPPER.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("maps, lists and scalars can always be written", e);
    }
  }

  /** Returns the size of a text in bytes of UTF-8. */
  static int bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }
}
