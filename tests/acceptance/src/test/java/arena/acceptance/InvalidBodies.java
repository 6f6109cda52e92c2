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

/**
 * Generates request bodies from a schema: bodies at its limits, and bodies that violate one rule
 * each. New fields in openapi.yaml are covered without a change here.
 */
final class InvalidBodies {
  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  /** Not text that UTF-8 can encode, so tools have no patterns for it. */
  private static final String UNPAIRED_SURROGATE = "unpaired surrogate";

  /** The start of the patterns of free text, which exclude some characters. */
  private static final String FREE_TEXT = "^[^";

  private final OpenApi openApi;

  /**
   * A request body.
   *
   * @param json its text, which may be JSON that a tree cannot represent, such as {@code 1e400}
   * @param field the field that differs from the valid body
   * @param why the kind of value
   */
  record Body(String json, String field, String why) {
    /** Whether the schema itself rejects the body. */
    boolean violatesSchema() {
      return !why.equals(UNPAIRED_SURROGATE);
    }

    @Override
    public String toString() {
      return "%s: %s".formatted(field, why);
    }
  }

  InvalidBodies(OpenApi openApi) {
    this.openApi = openApi;
  }

  /** Returns bodies that violate one rule each. */
  List<Body> invalid(String schemaPointer, ObjectNode valid) {
    List<Body> bodies = new ArrayList<>();
    eachField(
        schemaPointer,
        "",
        (pointer, field) -> {
          for (Map.Entry<String, String> value : invalidValues(openApi.at(pointer)).entrySet()) {
            bodies.add(new Body(with(valid, field, value.getValue()), field, value.getKey()));
          }
        });
    eachObject(
        schemaPointer,
        "",
        (pointer, path) ->
            bodies.add(
                new Body(with(valid, path + "colour", "1"), path + "colour", "unknown field")));
    for (JsonNode required : openApi.at(schemaPointer).path("required")) {
      ObjectNode without = valid.deepCopy();
      without.remove(required.textValue());
      bodies.add(new Body(without.toString(), required.textValue(), "missing"));
    }
    return bodies;
  }

  /** Returns bodies with one value at its limit each. */
  List<Body> atLimits(String schemaPointer, ObjectNode valid) {
    List<Body> bodies = new ArrayList<>();
    eachField(
        schemaPointer,
        "",
        (pointer, field) -> {
          for (String value : limits(openApi.at(pointer))) {
            bodies.add(new Body(with(valid, field, value), field, value));
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

  private static Map<String, String> invalidValues(JsonNode schema) {
    Map<String, String> values = new LinkedHashMap<>();
    values.put("null", "null");
    values.put("an array", "[]");
    values.put("a deep array", "[[[1]]]");
    values.put("a boolean", "true");
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
      case "string" -> addInvalidTexts(schema, values);
      case "integer" -> {
        values.put("a fraction", "3.5");
        addInvalidNumbers(schema, values);
      }
      case "number" -> addInvalidNumbers(schema, values);
      case "object" -> values.put("a number", "1");
      default -> throw new AssertionError("unexpected type " + type);
    }
    return values;
  }

  private static void addInvalidTexts(JsonNode schema, Map<String, String> values) {
    values.put("a number", "1");
    values.put("control character", "\"a\\u0000b\"");
    values.put("line break at the end", "\"a\\n\"");
    values.put("next line", "\"a\\u0085b\"");
    values.put("line separator", "\"a\\u2028b\"");
    values.put(UNPAIRED_SURROGATE, "\"\\ud800\"");
    values.put("replacement character", "\"\\ufffd\"");
    if (schema.has("maxLength")) {
      values.put(
          "too long", "\"%s\"".formatted("x".repeat(schema.get("maxLength").intValue() + 1)));
    }
    if (schema.path("minLength").intValue() > 0) {
      values.put("spaces", "\"  \u00a0\u3000\"");
      values.put("a space at the start", "\" a\"");
      values.put("a space at the end", "\"a \"");
      values.put("two spaces", "\"a  b\"");
      values.put("a space of another kind", "\"a\u00a0b\"");
    }
    if (schema.path("minLength").intValue() > 0 || !isFree(schema)) {
      values.put("empty", "\"\"");
    }
    if (!isFree(schema)) {
      values.put("unknown value", "\"SOMETHING\"");
    }
  }

  private static void addInvalidNumbers(JsonNode schema, Map<String, String> values) {
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
    if (schema.get("type").textValue().equals("integer")) {
      for (String keyword : List.of("minimum", "maximum")) {
        String limit = schema.get(keyword).toString();
        values.addAll(List.of(limit + ".0", limit + ".000", limit + "e0", limit + ".0E+0"));
      }
    }
    if (isFree(schema) && schema.has("maxLength")) {
      int max = schema.get("maxLength").intValue();
      values.add("\"%s\"".formatted("x".repeat(max)));
      values.add("\"%s\"".formatted("🏰".repeat(max)));
      values.add("\"%s\"".formatted("x".repeat(schema.path("minLength").intValue())));
    }
    return values;
  }

  private static boolean isFree(JsonNode schema) {
    return !schema.has("enum") && schema.path("pattern").asText(FREE_TEXT).startsWith(FREE_TEXT);
  }

  /** Returns the body with a field set to a raw value; creates nested objects as needed. */
  private static String with(ObjectNode valid, String field, String rawValue) {
    String[] names = field.split("\\.", -1);
    ObjectNode body = valid.deepCopy();
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
