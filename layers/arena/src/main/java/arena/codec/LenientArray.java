package arena.codec;

import arena.event.RawJson;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.io.JsonEOFException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The first JSON array in a model's text that is empty or holds objects. An array of other values
 * is prose, such as a footnote mark.
 *
 * <p>JSON is read as tolerantly as models write it: comments, single and typographic quotes,
 * unquoted names, trailing, doubled and missing commas, full-width punctuation, Python's constants.
 * Of an array that the text's end cuts off, the objects that are whole are kept; so they are of one
 * that cannot be read to its end, if the text has no other array.
 *
 * @param start index of the opening bracket in the text
 * @param end index after the closing bracket, or the text's length if the array is cut off
 * @param objects the elements that are objects, each compact and readable by every strict JSON
 *     reader: strings without lone surrogates, no name twice (the last one counts), numbers as
 *     written where JSON allows them
 * @param others number of elements that are not objects
 * @param tooDeep number of objects left out because they are nested too deep
 * @param repaired whether a strict reader would have refused the array
 * @param cutOff whether the text ends within the array
 * @param damaged whether the array cannot be read beyond its objects
 */
public record LenientArray(
    int start,
    int end,
    List<RawJson> objects,
    int others,
    int tooDeep,
    boolean repaired,
    boolean cutOff,
    boolean damaged) {
  /** Most opening brackets of one text that are tried. */
  public static final int MAX_BRACKETS = 2_000;

  /** Deepest nesting of an array that is found at all. */
  private static final int MAX_DEPTH = 100;

  /** Most characters read for one text over all brackets, so that no text takes long. */
  private static final long MAX_WORK = 20_000_000;

  /** Characters before a bracket that can show that it is prose. */
  private static final int LOOK_BACK = 20;

  private static final Pattern TASK =
      Pattern.compile("(?:\\A|\\n)[ \\t>]*(?:[-*+]|[0-9]{1,3}[.)]) $");

  private static final Pattern IDENTIFIER = Pattern.compile("[A-Za-z0-9_]\\z");

  private static final JsonFactory STRICT =
      JsonFactory.builder().disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES).build();

  /** Unlike the codecs' factory it takes a name that comes twice, as models may write it. */
  private static final JsonFactory TOLERANT =
      JsonFactory.builder()
          .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
          .enable(JsonReadFeature.ALLOW_JAVA_COMMENTS)
          .enable(JsonReadFeature.ALLOW_YAML_COMMENTS)
          .enable(JsonReadFeature.ALLOW_SINGLE_QUOTES)
          .enable(JsonReadFeature.ALLOW_UNQUOTED_FIELD_NAMES)
          .enable(JsonReadFeature.ALLOW_TRAILING_COMMA)
          .enable(JsonReadFeature.ALLOW_UNESCAPED_CONTROL_CHARS)
          .enable(JsonReadFeature.ALLOW_BACKSLASH_ESCAPING_ANY_CHARACTER)
          .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
          .enable(JsonReadFeature.ALLOW_LEADING_ZEROS_FOR_NUMBERS)
          .enable(JsonReadFeature.ALLOW_LEADING_PLUS_SIGN_FOR_NUMBERS)
          .enable(JsonReadFeature.ALLOW_LEADING_DECIMAL_POINT_FOR_NUMBERS)
          .enable(JsonReadFeature.ALLOW_TRAILING_DECIMAL_POINT_FOR_NUMBERS)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_DEPTH)
                  .maxNumberLength(10_000)
                  .build())
          .build();

  /** Copies the list. */
  public LenientArray {
    objects = List.copyOf(objects);
  }

  /**
   * Finds the array. Never fails, for any text.
   *
   * @param text at most some hundred thousand characters: the caller bounds it
   * @param maxDepth deepest nesting of an object that is kept, itself counted
   * @return the array; empty if the first {@value #MAX_BRACKETS} brackets open none
   */
  public static Optional<LenientArray> find(String text, int maxDepth) {
    char[] chars = text.toCharArray();
    boolean mayNormalize = JsonPunctuation.occursIn(text);
    long work = 0;
    int proseEnd = 0;
    LenientArray beginning = null;
    LenientArray damaged = null;
    boolean brokenObject = false; // of the damaged array; the arrays in its fields are not found
    int at = text.indexOf('[');
    if (text.indexOf('［') >= 0) {
      at = firstBracket(chars, 0);
    }
    for (int tried = 0; at >= 0 && tried < MAX_BRACKETS && work < MAX_WORK; tried++) {
      Attempt attempt = chars[at] == '[' ? Attempt.at(chars, at, maxDepth) : Attempt.FAILED;
      work += attempt.read();
      if (attempt.result() == Result.NOT_AN_ARRAY && mayNormalize) {
        char[] normal = JsonPunctuation.normalized(chars, at);
        Attempt second = Attempt.at(normal, at, maxDepth);
        work += second.read() + (chars.length - at);
        attempt = second.objects().size() < attempt.objects().size() ? attempt : second;
      }
      switch (attempt.result()) {
        case COMPLETE -> {
          if (attempt.others() == 0 && attempt.isEmpty()) {
            if (at >= proseEnd && damaged == null && !isProse(text, at)) {
              return Optional.of(attempt.array(chars, at));
            }
          } else if (attempt.holdsObjects()) {
            if (!brokenObject || !isFieldValue(text, at)) {
              return Optional.of(attempt.array(chars, at));
            }
          } else {
            proseEnd = Math.max(proseEnd, attempt.end());
          }
        }
        case CUT_OFF -> {
          if (attempt.holdsObjects()) {
            return Optional.of(attempt.array(chars, at));
          }
          if (beginning == null && attempt.others() == 0 && opensObject(chars, at)) {
            beginning = attempt.array(chars, at);
          }
        }
        case NOT_AN_ARRAY -> {
          // the next bracket may open one, but not one within an object of this array
          if (attempt.holdsObjects()) {
            damaged = damaged == null ? attempt.array(chars, at) : damaged;
            brokenObject |= opensObject(chars, attempt.end() - 1);
            at = Math.max(at, attempt.end() - 1);
          }
        }
      }
      at = firstBracket(chars, at + 1);
    }
    return Optional.ofNullable(damaged == null ? beginning : damaged);
  }

  /**
   * Returns the index after the JSON value that begins at an index, or -1 if there is none.
   *
   * @param text see {@link #find}
   */
  public static int endOfValue(String text, int from) {
    char[] chars = text.toCharArray();
    try (JsonParser in = TOLERANT.createParser(chars, from, chars.length - from)) {
      in.nextToken();
      in.skipChildren();
      in.finishToken();
      return from + Math.toIntExact(in.currentLocation().getCharOffset());
    } catch (IOException e) {
      return -1;
    }
  }

  /**
   * Whether empty brackets are a box of a Markdown task list, a link without a text or a type in
   * code, or repeat the prompt's line.
   */
  private static boolean isProse(String text, int bracket) {
    String before = text.substring(Math.max(0, bracket - LOOK_BACK), bracket);
    return before.endsWith("buildings=")
        || text.startsWith("[](", bracket)
        || (text.startsWith("[]", bracket) && IDENTIFIER.matcher(before).find())
        || (text.startsWith("[ ] ", bracket) && TASK.matcher(before).find());
  }

  private static boolean isFieldValue(String text, int bracket) {
    return text.substring(Math.max(0, bracket - LOOK_BACK), bracket).stripTrailing().endsWith(":");
  }

  private static boolean opensObject(char[] text, int bracket) {
    int next = JsonPunctuation.skipSeparators(text, bracket + 1);
    return next < text.length && text[next] == '{';
  }

  private static int firstBracket(char[] text, int from) {
    for (int i = from; i < text.length; i++) {
      if (text[i] == '[' || text[i] == '［') {
        return i;
      }
    }
    return -1;
  }

  private enum Result {
    COMPLETE,
    CUT_OFF,
    NOT_AN_ARRAY
  }

  /** What reading from one bracket gave. */
  private record Attempt(
      Result result, List<RawJson> objects, int others, int tooDeep, int end, int read) {
    private static final int MAX_LITERAL = 400;
    private static final Pattern LITERAL =
        Pattern.compile(
            "true|false|null|[+-]?(?:NaN|Infinity|(?=\\.?[0-9])[0-9.]++(?:[eE][+-]?[0-9]++)?)");

    static final Attempt FAILED = new Attempt(Result.NOT_AN_ARRAY, List.of(), 0, 0, 0, 0);

    static Attempt at(char[] text, int bracket, int maxDepth) {
      List<RawJson> objects = new ArrayList<>();
      int others = 0;
      int tooDeep = 0;
      int next = bracket + 1;
      while (true) {
        next = JsonPunctuation.skipSeparators(text, next);
        if (next >= text.length) {
          return new Attempt(
              Result.CUT_OFF, objects, others, tooDeep, text.length, text.length - bracket);
        }
        if (text[next] == ']') {
          return new Attempt(Result.COMPLETE, objects, others, tooDeep, next + 1, next - bracket);
        }
        if ("{[\"'".indexOf(text[next]) < 0) {
          int after = afterLiteral(text, next);
          if (after < 0) {
            return new Attempt(Result.NOT_AN_ARRAY, objects, others, tooDeep, next, next - bracket);
          }
          others++;
          next = after;
          continue;
        }
        boolean object = text[next] == '{';
        try (JsonParser in = TOLERANT.createParser(text, next, text.length - next)) {
          in.nextToken();
          Value value = Value.read(in);
          in.finishToken();
          if (!object) {
            others++;
          } else if (value.depth() > maxDepth) {
            tooDeep++;
          } else {
            objects.add(new RawJson(value.text()));
          }
          next += Math.toIntExact(in.currentLocation().getCharOffset());
        } catch (JsonProcessingException e) {
          long failedAt = next + offset(e);
          if (e instanceof JsonEOFException || failedAt >= text.length) {
            return new Attempt(
                Result.CUT_OFF, objects, others, tooDeep, text.length, text.length - bracket);
          }
          return new Attempt(
              Result.NOT_AN_ARRAY,
              objects,
              others,
              tooDeep,
              next,
              Math.toIntExact(failedAt) - bracket);
        } catch (IOException e) {
          return new Attempt(Result.NOT_AN_ARRAY, objects, others, tooDeep, next, next - bracket);
        }
      }
    }

    private static long offset(JsonProcessingException e) {
      return e.getLocation() == null ? 0 : Math.max(0, e.getLocation().getCharOffset());
    }

    /** The index after a number or constant, or -1 if something else stands there. */
    private static int afterLiteral(char[] text, int from) {
      int end = from;
      while (end < text.length && end - from < MAX_LITERAL && isLiteralPart(text[end])) {
        end++;
      }
      return LITERAL.matcher(new String(text, from, end - from)).matches() ? end : -1;
    }

    private static boolean isLiteralPart(char c) {
      return (c >= '0' && c <= '9')
          || (c >= 'a' && c <= 'z')
          || (c >= 'A' && c <= 'Z')
          || c == '+'
          || c == '-'
          || c == '.';
    }

    boolean isEmpty() {
      return objects.isEmpty() && tooDeep == 0;
    }

    boolean holdsObjects() {
      return !objects.isEmpty() || tooDeep > 0;
    }

    LenientArray array(char[] text, int start) {
      boolean repaired = result == Result.COMPLETE && !isStrict(text, start, end);
      return new LenientArray(
          start,
          end,
          objects,
          others,
          tooDeep,
          repaired,
          result == Result.CUT_OFF,
          result == Result.NOT_AN_ARRAY);
    }

    private static boolean isStrict(char[] text, int start, int end) {
      try (JsonParser in = STRICT.createParser(text, start, end - start)) {
        in.nextToken();
        in.skipChildren();
        return in.nextToken() == null;
      } catch (IOException e) {
        return false;
      }
    }
  }

  /** A value of a model's JSON. */
  private sealed interface Value {
    /** Levels of objects and arrays in it. */
    int depth();

    /** Writes it, compact. */
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

    /** A number, true, false or null. */
    record Literal(String value) implements Value {
      private static final Pattern STRICT_LITERAL =
          Pattern.compile(
              "true|false|null|-?(?:0|[1-9][0-9]*+)(?:\\.[0-9]++)?(?:[eE][+-]?[0-9]++)?");

      @Override
      public int depth() {
        return 0;
      }

      @Override
      public void write(JsonGenerator out) throws IOException {
        if (STRICT_LITERAL.matcher(value).matches()) {
          out.writeRawValue(value);
          return;
        }
        try {
          out.writeRawValue(new BigDecimal(value).toString());
        } catch (NumberFormatException e) {
          out.writeString(value); // NaN and the infinities
        }
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

    /** An object, each name once. */
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

    /** The value as compact JSON; it is an object. */
    default String text() {
      return JsonText.value(this::write);
    }
  }
}
