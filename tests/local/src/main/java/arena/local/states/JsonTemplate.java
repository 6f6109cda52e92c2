package arena.local.states;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** A JSON value of a definition whose strings may be expressions. */
sealed interface JsonTemplate
    permits JsonTemplate.Constant,
        JsonTemplate.Computed,
        JsonTemplate.ObjectOf,
        JsonTemplate.ArrayOf {

  /** A scalar. */
  record Constant(Object value) implements JsonTemplate {}

  /** A string between <code>{%</code> and <code>%}</code>. */
  record Computed(Expression expression) implements JsonTemplate {}

  /** An object. */
  record ObjectOf(Map<String, JsonTemplate> fields) implements JsonTemplate {}

  /** An array. */
  record ArrayOf(List<JsonTemplate> items) implements JsonTemplate {}

  /** Most levels of nesting. */
  int MAX_DEPTH = 100;

  /** A placeholder that was not replaced. */
  Pattern SUBSTITUTION = Pattern.compile("\\$\\{[A-Za-z0-9_:.]+}");

  /** Evaluates the expressions in the value. */
  default Object evaluate(Scope scope) throws StateError {
    return switch (this) {
      case Constant(Object value) -> value;
      case Computed(Expression expression) -> expression.evaluate(scope);
      case ObjectOf(Map<String, JsonTemplate> fields) -> {
        Map<String, Object> values = new LinkedHashMap<>();
        for (Map.Entry<String, JsonTemplate> field : fields.entrySet()) {
          values.put(field.getKey(), field.getValue().evaluate(scope));
        }
        yield values;
      }
      case ArrayOf(List<JsonTemplate> items) -> {
        List<Object> values = new ArrayList<>();
        for (JsonTemplate item : items) {
          values.add(item.evaluate(scope));
        }
        yield values;
      }
    };
  }

  /** Whether a string is an expression. */
  static boolean isExpression(String text) {
    return text.startsWith("{%");
  }

  /**
   * Reads a value of a definition.
   *
   * @param where the place in the definition, for messages
   */
  static JsonTemplate read(Object value, String where) {
    return read(value, where, 0);
  }

  private static JsonTemplate read(Object value, String where, int depth) {
    if (depth > MAX_DEPTH) {
      throw new InvalidDefinition(where + ": nested deeper than " + MAX_DEPTH);
    }
    return switch (value) {
      case null -> new Constant(null);
      case Map<?, ?> map -> {
        Map<String, JsonTemplate> fields = new LinkedHashMap<>();
        for (Map.Entry<?, ?> field : map.entrySet()) {
          if (!(field.getKey() instanceof String name)) {
            throw new InvalidDefinition(where + ": the key " + field.getKey() + " is not a string");
          }
          fields.put(name, read(field.getValue(), where + "." + name, depth + 1));
        }
        yield new ObjectOf(fields);
      }
      case List<?> list -> {
        List<JsonTemplate> items = new ArrayList<>();
        for (Object item : list) {
          items.add(read(item, where + "[" + items.size() + "]", depth + 1));
        }
        yield new ArrayOf(items);
      }
      case String text -> string(text, where);
      case Boolean truth -> new Constant(truth);
      case Number number -> new Constant(number);
      default ->
          throw new InvalidDefinition(
              where + ": " + value.getClass().getSimpleName() + " is not a JSON type");
    };
  }

  private static JsonTemplate string(String text, String where) {
    if (SUBSTITUTION.matcher(text).find()) {
      throw new InvalidDefinition(where + ": a substitution is missing: " + text);
    }
    boolean opens = isExpression(text);
    boolean closes = text.endsWith("%}");
    if (opens && closes && text.length() >= 4) {
      return new Computed(Expression.read(text.substring(2, text.length() - 2), where));
    }
    if (opens || closes) {
      throw new InvalidDefinition(
          where + ": an expression must be the whole string, from {% to %}: " + text);
    }
    return new Constant(text);
  }
}
