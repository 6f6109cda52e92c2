package arena.acceptance;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Makes requests of a schema: those that it allows just so, and those that break one of its rules
 * each. What is added to the description is tested without another line here.
 */
final class InvalidBodies {
  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  private static final String WHOLE_WITH_POINT = "3.0 for a whole number";
  private static final String CONTROL = "a control character";
  private static final String HALF_PAIR = "half a surrogate pair";
  private static final String REPLACED = "what bytes that are no UTF-8 became";

  /** Rules that are told in words, because a schema has none for them. */
  private static final Set<String> IN_WORDS =
      Set.of(WHOLE_WITH_POINT, CONTROL, HALF_PAIR, REPLACED);

  private final OpenApi openApi;

  /**
   * A body.
   *
   * @param json its text, which may be JSON that no tree can hold, such as {@code 1e400}
   * @param field the field that it is about
   * @param why what is special about it
   */
  record Body(String json, String field, String why) {
    /** Whether the schema itself says no, and not the words beside it. */
    boolean brokenBySchema() {
      return !IN_WORDS.contains(why);
    }

    @Override
    public String toString() {
      return "%s: %s".formatted(field, why);
    }
  }

  InvalidBodies(OpenApi openApi) {
    this.openApi = openApi;
  }

  /** Bodies that break one rule each. */
  List<Body> breaking(String schemaPointer, ObjectNode good) {
    List<Body> bodies = new ArrayList<>();
    eachField(
        schemaPointer,
        "",
        (pointer, field) -> {
          for (Map.Entry<String, String> value : breakingValues(openApi.at(pointer)).entrySet()) {
            bodies.add(new Body(with(good, field, value.getValue()), field, value.getKey()));
          }
        });
    eachObject(
        schemaPointer,
        "",
        (pointer, path) ->
            bodies.add(
                new Body(with(good, path + "colour", "1"), path + "colour", "unknown field")));
    for (JsonNode required : openApi.at(schemaPointer).path("required")) {
      ObjectNode without = good.deepCopy();
      without.remove(required.textValue());
      bodies.add(new Body(without.toString(), required.textValue(), "missing"));
    }
    return bodies;
  }

  /** Bodies whose every value is at a limit that it may reach. */
  List<Body> reaching(String schemaPointer, ObjectNode good) {
    List<Body> bodies = new ArrayList<>();
    eachField(
        schemaPointer,
        "",
        (pointer, field) -> {
          for (String value : limits(openApi.at(pointer))) {
            bodies.add(new Body(with(good, field, value), field, value));
          }
        });
    return bodies;
  }

  private interface Visitor {
    void visit(String pointer, String field);
  }

  private void eachField(String schemaPointer, String path, Visitor visitor) {
    eachProperty(
        schemaPointer,
        (pointer, name) -> {
          visitor.visit(pointer, path + name);
          if (openApi.at(pointer).has("properties")) {
            eachField(pointer, path + name + ".", visitor);
          }
        });
  }

  private void eachObject(String schemaPointer, String path, Visitor visitor) {
    visitor.visit(schemaPointer, path);
    eachProperty(
        schemaPointer,
        (pointer, name) -> {
          if (openApi.at(pointer).has("properties")) {
            eachObject(pointer, path + name + ".", visitor);
          }
        });
  }

  private void eachProperty(String schemaPointer, Visitor visitor) {
    openApi
        .at(schemaPointer)
        .get("properties")
        .fieldNames()
        .forEachRemaining(
            name ->
                visitor.visit(
                    openApi.resolve("%s/properties/%s".formatted(schemaPointer, name)), name));
  }

  private static Map<String, String> breakingValues(JsonNode schema) {
    Map<String, String> values = new LinkedHashMap<>();
    values.put("null", "null");
    values.put("an array", "[]");
    values.put("a deep array", "[[[1]]]");
    values.put("a truth value", "true");
    String type = schema.get("type").textValue();
    if (!type.equals("object")) {
      values.put("an object", "{}");
    }
    if (!type.equals("string")) {
      values.put("a text", "\"1\"");
      values.put("an empty text", "\"\"");
      values.put("not a number, as text", "\"NaN\"");
    }
    switch (type) {
      case "string" -> breakText(schema, values);
      case "integer" -> {
        values.put(WHOLE_WITH_POINT, "3.0");
        values.put("a fraction", "3.5");
        breakNumber(schema, values);
      }
      case "number" -> breakNumber(schema, values);
      case "object" -> values.put("a number", "1");
      default -> throw new AssertionError("no request has a field of type " + type);
    }
    return values;
  }

  private static void breakText(JsonNode schema, Map<String, String> values) {
    values.put("a number", "1");
    values.put(CONTROL, "\"a\\u0000b\"");
    values.put(HALF_PAIR, "\"\\ud800\"");
    values.put(REPLACED, "\"\\ufffd\"");
    if (schema.has("maxLength")) {
      values.put(
          "too long", "\"%s\"".formatted("x".repeat(schema.get("maxLength").intValue() + 1)));
    }
    if (schema.path("minLength").intValue() > 0 || schema.has("pattern") || schema.has("enum")) {
      values.put("empty", "\"\"");
    }
    if (schema.has("pattern") || schema.has("enum")) {
      values.put("some other word", "\"SOMETHING\"");
    }
  }

  private static void breakNumber(JsonNode schema, Map<String, String> values) {
    if (schema.has("minimum")) {
      values.put("too small", Long.toString(schema.get("minimum").longValue() - 1));
    }
    if (schema.has("maximum")) {
      values.put("too large", Long.toString(schema.get("maximum").longValue() + 1));
    }
    values.put("more than a double holds", "1e400");
    values.put("less than a double holds", "-1e400");
    values.put("more digits than any number has", "9".repeat(900));
  }

  private static List<String> limits(JsonNode schema) {
    List<String> values = new ArrayList<>();
    for (JsonNode word : schema.path("enum")) {
      values.add(word.toString());
    }
    for (String keyword : List.of("minimum", "maximum", "default")) {
      if (schema.has(keyword)) {
        values.add(schema.get(keyword).toString());
      }
    }
    boolean free = !schema.has("pattern") && !schema.has("enum");
    if (free && schema.has("maxLength")) {
      int max = schema.get("maxLength").intValue();
      values.add("\"%s\"".formatted("x".repeat(max)));
      values.add("\"%s\"".formatted("🏰".repeat(max)));
      values.add("\"%s\"".formatted("x".repeat(schema.path("minLength").intValue())));
    }
    return values;
  }

  /** The body with a field set to a value; a field in an object makes the object if needed. */
  private static String with(ObjectNode good, String field, String rawValue) {
    String[] names = field.split("\\.", -1);
    ObjectNode body = good.deepCopy();
    ObjectNode target = body;
    for (int i = 0; i < names.length - 1; i++) {
      target = target.withObjectProperty(names[i]);
    }
    target.putRawValue(names[names.length - 1], new RawValue(rawValue));
    try {
      return MAPPER.writeValueAsString(body);
    } catch (JsonProcessingException e) {
      throw new AssertionError(e);
    }
  }
}
