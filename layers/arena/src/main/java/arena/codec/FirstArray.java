package arena.codec;

import arena.event.RawJson;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The first JSON array in a text that may hold anything else around it: prose, brackets that open
 * no array, fences. What does not parse as an array from its bracket to its end is no array.
 *
 * @param start where its bracket opens in the text
 * @param end where the text goes on after it
 * @param objects its elements that are objects, each written compact and so that every store and
 *     every JSON reader takes it: strings without lone surrogates, no key twice (the last one
 *     counts), numbers as they were written
 * @param others how many elements are not objects
 * @param tooDeep how many objects were left out because they are nested too deep
 */
public record FirstArray(int start, int end, List<RawJson> objects, int others, int tooDeep) {
  /** Most opening brackets of one text that are tried. */
  public static final int MAX_BRACKETS = 2_000;

  /** Deepest nesting of an array that is found at all. */
  private static final int MAX_DEPTH = 100;

  /** Unlike the codecs' own factory it takes a key that comes twice, as models may write it. */
  private static final JsonFactory TOLERANT =
      JsonFactory.builder()
          .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_DEPTH)
                  .maxNumberLength(10_000)
                  .build())
          .build();

  /** Keeps the list from changing. */
  public FirstArray {
    objects = List.copyOf(objects);
  }

  /**
   * Finds the array; it never fails, whatever the text.
   *
   * @param text at most some hundred thousand characters: the caller bounds it
   * @param maxDepth deepest nesting of an object that is kept, itself counted
   * @return the array; empty if there is none after the first {@value #MAX_BRACKETS} brackets
   */
  public static Optional<FirstArray> in(String text, int maxDepth) {
    char[] chars = text.toCharArray();
    int tried = 0;
    for (int at = text.indexOf('[');
        at >= 0 && tried < MAX_BRACKETS;
        at = text.indexOf('[', at + 1)) {
      tried++;
      Optional<FirstArray> found = parse(chars, at, maxDepth);
      if (found.isPresent()) {
        return found;
      }
    }
    return Optional.empty();
  }

  private static Optional<FirstArray> parse(char[] text, int start, int maxDepth) {
    try (JsonParser in = TOLERANT.createParser(text, start, text.length - start)) {
      in.nextToken();
      List<RawJson> objects = new ArrayList<>();
      int others = 0;
      int tooDeep = 0;
      while (in.nextToken() != JsonToken.END_ARRAY) {
        boolean object = in.currentToken() == JsonToken.START_OBJECT;
        Value value = Value.read(in);
        if (!object) {
          others++;
        } else if (value.depth() > maxDepth) {
          tooDeep++;
        } else {
          objects.add(new RawJson(value.text()));
        }
      }
      int length = Math.toIntExact(in.currentLocation().getCharOffset());
      return Optional.of(new FirstArray(start, start + length, objects, others, tooDeep));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** A value of a model's JSON. */
  private sealed interface Value {
    /** Levels of objects and arrays in it. */
    int depth();

    /** Writes it, compact. */
    void write(JsonGenerator out) throws IOException;

    /** A string, mended. */
    record Text(String value) implements Value {
      @Override
      public int depth() {
        return 0;
      }

      @Override
      public void write(JsonGenerator out) throws IOException {
        out.writeString(value);
      }
    }

    /** A number, true, false or null, as it was written. */
    record Literal(String value) implements Value {
      @Override
      public int depth() {
        return 0;
      }

      @Override
      public void write(JsonGenerator out) throws IOException {
        out.writeRawValue(value);
      }
    }

    /** An array. */
    record Items(List<Value> values, int depth) implements Value {
      @Override
      public void write(JsonGenerator out) throws IOException {
        out.writeStartArray();
        for (Value value : values) {
          value.write(out);
        }
        out.writeEndArray();
      }
    }

    /** An object, each key once. */
    record Fields(Map<String, Value> values, int depth) implements Value {
      @Override
      public void write(JsonGenerator out) throws IOException {
        out.writeStartObject();
        for (Map.Entry<String, Value> field : values.entrySet()) {
          out.writeFieldName(field.getKey());
          field.getValue().write(out);
        }
        out.writeEndObject();
      }
    }

    /** Reads the value that the parser stands on; the parser's depth limit bounds the recursion. */
    static Value read(JsonParser in) throws IOException {
      return switch (in.currentToken()) {
        case VALUE_STRING -> new Text(JsonText.wellFormed(in.getText()));
        case START_ARRAY -> {
          List<Value> values = new ArrayList<>();
          int depth = 0;
          while (in.nextToken() != JsonToken.END_ARRAY) {
            Value value = read(in);
            values.add(value);
            depth = Math.max(depth, value.depth());
          }
          yield new Items(values, depth + 1);
        }
        case START_OBJECT -> {
          Map<String, Value> values = new LinkedHashMap<>();
          int depth = 0;
          while (in.nextToken() == JsonToken.FIELD_NAME) {
            String name = JsonText.wellFormed(in.currentName());
            in.nextToken();
            Value value = read(in);
            values.put(name, value);
            depth = Math.max(depth, value.depth());
          }
          yield new Fields(values, depth + 1);
        }
        default -> new Literal(in.getText());
      };
    }

    /** It as compact JSON; it is an object. */
    default String text() {
      return JsonText.value(this::write);
    }
  }
}
