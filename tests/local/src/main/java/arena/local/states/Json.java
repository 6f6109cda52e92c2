package arena.local.states;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;

/** JSON as maps, lists, strings, numbers, booleans and null: what JSONata works on. */
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

  /** The value that the text says; throws if it is no JSON. */
  static Object read(String text) throws JsonProcessingException {
    if (text.isBlank()) {
      throw new com.fasterxml.jackson.core.JsonParseException(null, "no JSON: the text is empty");
    }
    return MAPPER.readValue(text, Object.class);
  }

  /** The value of a text that this package wrote or has checked before. */
  static Object readOwn(String text) {
    try {
      return read(text);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("JSON that was checked before is broken", e);
    }
  }

  /** The value's text, compact. */
  static String write(Object value) {
    try {
      return MAPPER.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a value of maps, lists and scalars can be written", e);
    }
  }

  /** The text's size on the wire, in bytes. */
  static int bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }
}
