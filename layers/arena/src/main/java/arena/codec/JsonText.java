package arena.codec;

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

/** Writing and reading of JSON text, token by token. */
final class JsonText {
  /** Longest string that is read, in characters: more than any payload holds. */
  private static final int MAX_STRING = 20_000_000;

  /** Longest number that is read, in characters: an action may be one long number. */
  private static final int MAX_NUMBER = 10_000;

  /**
   * Deepest nesting that is read: an action, in its payload, in its envelope, and room to spare.
   */
  private static final int MAX_DEPTH = 100;

  /**
   * Keeps no table of field names: keys are a model's to choose, and enough of them with one hash
   * would make a payload that was written impossible to read.
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
    return value(
        out -> {
          out.writeStartObject();
          fields.write(out);
          out.writeEndObject();
        });
  }

  /** A value's text: compact. */
  static String value(Body value) {
    StringWriter text = new StringWriter();
    try (JsonGenerator out = FACTORY.createGenerator(text)) {
      value.write(out);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // a StringWriter does not fail
    }
    return wellFormed(text.toString());
  }

  /** Adds a string as JSON: in quotes, as a generator of {@link #FACTORY} writes it. */
  static void quote(String text, StringBuilder out) {
    out.append('"');
    JsonStringEncoder.getInstance().quoteAsString(wellFormed(text), out);
    out.append('"');
  }

  /** What reads the element that the parser stands on. */
  interface Element {
    void read(JsonParser in) throws IOException;
  }

  /** Reads an array element by element; the callback reads each whole. */
  static void eachElement(JsonParser in, Element element) throws IOException {
    if (in.currentToken() != JsonToken.START_ARRAY) {
      throw new MalformedJson("expected an array");
    }
    while (in.nextToken() != JsonToken.END_ARRAY) {
      element.read(in);
    }
  }

  /** The string that the parser stands on. */
  static String text(JsonParser in) throws IOException {
    if (in.currentToken() != JsonToken.VALUE_STRING) {
      throw new MalformedJson("expected a string");
    }
    return in.getText();
  }

  /** The whole number that the parser stands on. */
  static long wholeNumber(JsonParser in) throws IOException {
    if (in.currentToken() != JsonToken.VALUE_NUMBER_INT) {
      throw new MalformedJson("expected a whole number");
    }
    return in.getLongValue();
  }

  /** The whole number that the parser stands on, if an {@code int} can hold it. */
  static int smallNumber(JsonParser in) throws IOException {
    long number = wholeNumber(in);
    if (number != (int) number) {
      throw new MalformedJson("expected a smaller number than " + number);
    }
    return (int) number;
  }

  /** The number that the parser stands on. */
  static double number(JsonParser in) throws IOException {
    if (!in.currentToken().isNumeric()) {
      throw new MalformedJson("expected a number");
    }
    return in.getDoubleValue();
  }

  /** The truth value that the parser stands on. */
  static boolean truth(JsonParser in) throws IOException {
    if (!in.currentToken().isBoolean()) {
      throw new MalformedJson("expected true or false");
    }
    return in.getBooleanValue();
  }

  /** The field's value, which must have been there. */
  static <T> T required(String name, T value) {
    if (value == null) {
      throw new MalformedJson("expected a " + name);
    }
    return value;
  }

  /** Refuses whatever follows the value that was read. */
  static void end(JsonParser in) throws IOException {
    if (in.nextToken() != null) {
      throw new MalformedJson("expected nothing more");
    }
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
