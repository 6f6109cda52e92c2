package arena.codec;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;

/** Writing and reading of JSON text, token by token. */
final class JsonText {
  /** Longest string that is read, in characters: more than any payload holds. */
  private static final int MAX_STRING = 20_000_000;

  static final JsonFactory FACTORY =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxStringLength(MAX_STRING)
                  .maxNestingDepth(100)
                  .build())
          .build();

  private JsonText() {}

  /** What writes a value. */
  interface Body {
    void write(JsonGenerator out) throws IOException;
  }

  /** What reads the field that the parser stands on. */
  interface Field {
    void read(String name, JsonParser in) throws IOException;
  }

  /** An object's text: compact, its fields in the order written. */
  static String object(Body fields) {
    StringWriter text = new StringWriter();
    try (JsonGenerator out = FACTORY.createGenerator(text)) {
      out.writeStartObject();
      fields.write(out);
      out.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e); // a StringWriter does not fail
    }
    return wellFormed(text.toString());
  }

  /** Reads an object field by field; the callback may leave a value unread. */
  static void eachField(JsonParser in, Field field) throws IOException {
    if (in.currentToken() == null) {
      in.nextToken();
    }
    if (in.currentToken() != JsonToken.START_OBJECT) {
      throw new MalformedJson("expected an object");
    }
    while (in.nextToken() == JsonToken.FIELD_NAME) {
      String name = in.currentName();
      in.nextToken();
      JsonToken value = in.currentToken();
      field.read(name, in);
      if (in.currentToken() == value && value.isStructStart()) {
        in.skipChildren();
      }
    }
  }

  /** The text of the value that the parser stands on, as it is in {@code source}; steps over it. */
  static String raw(JsonParser in, String source) throws IOException {
    int start = Math.toIntExact(in.currentTokenLocation().getCharOffset());
    in.skipChildren();
    in.finishToken();
    int end = Math.toIntExact(in.currentLocation().getCharOffset());
    return source.substring(start, end);
  }

  /**
   * Puts U+FFFD for every surrogate that stands alone. UTF-8 has no bytes for those, so without
   * this a text would not survive a store.
   */
  static String wellFormed(String text) {
    StringBuilder mended = null;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (!Character.isSurrogate(c)) {
        continue;
      }
      boolean pair =
          Character.isHighSurrogate(c)
              && i + 1 < text.length()
              && Character.isLowSurrogate(text.charAt(i + 1));
      if (pair) {
        i++;
        continue;
      }
      if (mended == null) {
        mended = new StringBuilder(text);
      }
      mended.setCharAt(i, '\uFFFD');
    }
    return mended == null ? text : mended.toString();
  }
}
