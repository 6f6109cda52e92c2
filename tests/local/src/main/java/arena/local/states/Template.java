package arena.local.states;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** A JSON value of a definition, in which strings may be expressions. */
sealed interface Template
    permits Template.Constant, Template.Computed, Template.ObjectOf, Template.ArrayOf {

  /** A scalar as it stands. */
  record Constant(Object value) implements Template {}

  /** A string between <code>{%</code> and <code>%}</code>. */
  record Computed(Expression expression) implements Template {}

  /** An object. */
  record ObjectOf(Map<String, Template> fields) implements Template {}

  /** An array. */
  record ArrayOf(List<Template> items) implements Template {}

  /** What a template may nest, in levels. */
  int MAX_DEPTH = 100;

  /** A substitution that nobody made. */
  Pattern SUBSTITUTION = Pattern.compile("\\$\\{[A-Za-z0-9_:.]+}");

  /** The value with its expressions evaluated. */
  default Object evaluate(Scope scope) throws StateError {
    return switch (this) {
      case Constant(Object value) -> value;
      case Computed(Expression expression) -> expression.evaluate(scope);
      case ObjectOf(Map<String, Template> fields) -> {
        Map<String, Object> values = new LinkedHashMap<>();
        for (Map.Entry<String, Template> field : fields.entrySet()) {
          values.put(field.getKey(), field.getValue().evaluate(scope));
        }
        yield values;
      }
      case ArrayOf(List<Template> items) -> {
        List<Object> values = new ArrayList<>();
        for (Template item : items) {
          values.add(item.evaluate(scope));
        }
        yield values;
      }
    };
  }

  /**
   * Reads a value of a definition.
   *
   * @param where the place in the definition, for the refusal
   */
  static Template read(Object value, String where) {
    return read(value, where, 0);
  }

  private static Template read(Object value, String where, int depth) {
    if (depth > MAX_DEPTH) {
      throw new DefinitionRefused(where + ": nested deeper than " + MAX_DEPTH);
    }
    return switch (value) {
      case null -> new Constant(null);
      case Map<?, ?> map -> {
        Map<String, Template> fields = new LinkedHashMap<>();
        for (Map.Entry<?, ?> field : map.entrySet()) {
          if (!(field.getKey() instanceof String name)) {
            throw new DefinitionRefused(where + ": the key " + field.getKey() + " is no string");
          }
          fields.put(name, read(field.getValue(), where + "." + name, depth + 1));
        }
        yield new ObjectOf(fields);
      }
      case List<?> list -> {
        List<Template> items = new ArrayList<>();
        for (Object item : list) {
          items.add(read(item, where + "[" + items.size() + "]", depth + 1));
        }
        yield new ArrayOf(items);
      }
      case String text -> text(text, where);
      case Boolean truth -> new Constant(truth);
      case Number number -> new Constant(number);
      default ->
          throw new DefinitionRefused(
              where + ": " + value.getClass().getSimpleName() + " is nothing that JSON has");
    };
  }

  private static Template text(String text, String where) {
    if (SUBSTITUTION.matcher(text).find()) {
      throw new DefinitionRefused(where + ": a substitution is missing: " + text);
    }
    boolean opens = text.startsWith("{%");
    boolean closes = text.endsWith("%}");
    if (opens && closes && text.length() >= 4) {
      return new Computed(Expression.read(text.substring(2, text.length() - 2), where));
    }
    if (opens || closes) {
      throw new DefinitionRefused(
          where + ": an expression is the whole string, from {% to %}: " + text);
    }
    return new Constant(text);
  }
}
