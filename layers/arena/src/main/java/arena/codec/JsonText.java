package arena.codec;

import arena.run.RunId;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/** Helpers for streaming JSON output and input. */
final class JsonText {
  /** Maximum string length when reading, in characters; above any payload's size. */
  private static final int MAX_STRING = 20_000_000;

  /** Maximum number length when reading, in characters; a model's action may contain long ones. */
  private static final int MAX_NUMBER = 10_000;

  /** Maximum nesting depth when reading: an action in a payload in an envelope, with margin. */
  private static final int MAX_DEPTH = 100;

  /**
   * Does not canonicalize field names: models choose the keys, and enough colliding ones would make
   * Jackson reject a payload that was already written.
   */
  static final JsonFactory FACTORY =
      JsonFactory.builder()
          .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxStringLength(MAX_STRING)
                  .maxNumberLength(MAX_NUMBER)
                  .maxNestingDepth(MAX_DEPTH)
                  .build())
          .build();

  private JsonText() {}

  /** Writes a value. */
  interface ValueWriter {
    void write(JsonGenerator out) throws IOException;
  }

  /** Reads the value of the parser's current field. */
  interface FieldReader {
    void read(String name, JsonParser in) throws IOException;
  }

  /** Writes an object as compact JSON. */
  static String object(ValueWriter fields) {
    return value(
        out -> {
          out.writeStartObject();
          fields.write(out);
          out.writeEndObject();
        });
  }

  /** Writes a value as compact JSON. */
  static String value(ValueWriter value) {
    StringWriter text = new StringWriter();
    try (JsonGenerator out = FACTORY.createGenerator(text)) {
      value.write(out);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // a StringWriter does not fail
    }
    return wellFormed(text.toString());
  }

  /** Appends a quoted string, escaped like the generator of {@link #FACTORY}. */
  static void quote(String text, StringBuilder out) {
    out.append('"');
    JsonStringEncoder.getInstance().quoteAsString(wellFormed(text), out);
    out.append('"');
  }

  /** Reads the parser's current array element. */
  interface ElementReader {
    void read(JsonParser in) throws IOException;
  }

  /** Reads an array; the callback must consume each element. */
  static void readElements(JsonParser in, ElementReader element) throws IOException {
    if (in.currentToken() != JsonToken.START_ARRAY) {
      throw new MalformedJson("expected an array");
    }
    while (in.nextToken() != JsonToken.END_ARRAY) {
      element.read(in);
    }
  }

  /** Reads a run's id from a string; throws {@link MalformedJson} if it does not have the shape. */
  static RunId runId(JsonParser in) throws IOException {
    String text = text(in);
    return RunId.parse(text)
        .orElseThrow(() -> new MalformedJson("a run's id is 32 hex digits, not " + text));
  }

  /** Reads a string. */
  static String text(JsonParser in) throws IOException {
    if (in.currentToken() != JsonToken.VALUE_STRING) {
      throw new MalformedJson("expected a string");
    }
    return in.getText();
  }

  /** Reads an integer. */
  static long longInteger(JsonParser in) throws IOException {
    if (in.currentToken() != JsonToken.VALUE_NUMBER_INT) {
      throw new MalformedJson("expected an integer");
    }
    return in.getLongValue();
  }

  /** Reads an integer in the range of {@code int}. */
  static int integer(JsonParser in) throws IOException {
    long number = longInteger(in);
    if (number != (int) number) {
      throw new MalformedJson("integer out of range: " + number);
    }
    return (int) number;
  }

  /** Reads a number. */
  static double number(JsonParser in) throws IOException {
    if (!in.currentToken().isNumeric()) {
      throw new MalformedJson("expected a number");
    }
    return in.getDoubleValue();
  }

  /** Reads a boolean. */
  static boolean bool(JsonParser in) throws IOException {
    if (!in.currentToken().isBoolean()) {
      throw new MalformedJson("expected true or false");
    }
    return in.getBooleanValue();
  }

  /** Returns a field's value, or throws if it was missing. */
  static <T> T required(String name, @Nullable T value) {
    if (value == null) {
      throw new MalformedJson("missing field " + name);
    }
    return value;
  }

  /** Checks that no token follows. */
  static void requireEnd(JsonParser in) throws IOException {
    if (in.nextToken() != null) {
      throw new MalformedJson("unexpected text after the value");
    }
  }

  /** Reads an object; values that the callback does not consume are skipped. */
  static void readFields(JsonParser in, FieldReader field) throws IOException {
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

  /** Returns the source text of the parser's current value and skips the value. */
  static String raw(JsonParser in, String source) throws IOException {
    int start = Math.toIntExact(in.currentTokenLocation().getCharOffset());
    in.skipChildren();
    in.finishToken();
    int end = Math.toIntExact(in.currentLocation().getCharOffset());
    return source.substring(start, end);
  }

  /**
   * Replaces lone surrogates with U+FFFD. They cannot be encoded as UTF-8, so a store would change
   * the text.
   */
  static String wellFormed(String text) {
    StringBuilder repaired = null;
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
      if (repaired == null) {
        repaired = new StringBuilder(text);
      }
      repaired.setCharAt(i, '\uFFFD');
    }
    return repaired == null ? text : repaired.toString();
  }
}
