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
 * The first JSON array in a text that may also contain prose, unrelated brackets and code fences. A
 * bracket that does not start a well-formed array is skipped.
 *
 * @param start index of the opening bracket
 * @param end index after the closing bracket
 * @param objects the elements that are objects, as compact JSON that every store and parser
 *     accepts: no lone surrogates, no duplicate keys (the last one wins), numbers unchanged
 * @param others number of elements that are not objects
 * @param tooDeep number of objects dropped because of their nesting depth
 */
public record FirstArray(int start, int end, List<RawJson> objects, int others, int tooDeep) {
  /** Maximum number of opening brackets tried in one text. */
  public static final int MAX_BRACKETS = 2_000;

  /** Maximum nesting depth that is parsed. */
  private static final int MAX_DEPTH = 100;

  /** Unlike {@link JsonText#FACTORY} it accepts duplicate keys, which models produce. */
  private static final JsonFactory TOLERANT =
      JsonFactory.builder()
          .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_DEPTH)
                  .maxNumberLength(10_000)
                  .build())
          .build();

  public FirstArray {
    objects = List.copyOf(objects);
  }

  /**
   * Finds the first array; never throws.
   *
   * @param text bounded by the caller
   * @param maxDepth maximum nesting depth of a kept object; the object itself is level 1
   * @return empty if none of the first {@value #MAX_BRACKETS} brackets starts an array
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

  /** A parsed JSON value. */
  private sealed interface Value {
    /** Nesting depth; 0 for scalars. */
    int depth();

    /** Writes the value as compact JSON. */
    void write(JsonGenerator out) throws IOException;

    /** A string without lone surrogates. */
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

    /** A number, boolean or null, as in the source text. */
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

    /** An object with unique keys. */
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

    /** Reads the parser's current value; the parser's depth limit bounds the recursion. */
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

    /** The value as compact JSON. */
    default String text() {
      return JsonText.value(this::write);
    }
  }
}
