package arena.local.template;

import java.util.List;
import java.util.Map;

/** Checked conversions of the untyped values that the YAML parser returns. */
final class TemplateValues {
  private TemplateValues() {}

  /** Returns a mapping whose keys are strings. */
  static Map<String, Object> map(String path, Object value) {
    if (!(value instanceof Map<?, ?> map)) {
      throw new InvalidTemplate(path, "expected a mapping, got " + described(value));
    }
    for (Object key : map.keySet()) {
      if (!(key instanceof String)) {
        throw new InvalidTemplate(path, "the key " + key + " is not a string");
      }
    }
    // Every key was checked.
    @SuppressWarnings("unchecked")
    Map<String, Object> typed = (Map<String, Object>) map;
    return typed;
  }

  static List<?> list(String path, Object value) {
    if (!(value instanceof List<?> list)) {
      throw new InvalidTemplate(path, "expected a list, got " + described(value));
    }
    return list;
  }

  /** Returns a scalar as a string, which is how CloudFormation treats scalars. */
  static String string(String path, Object value) {
    return switch (value) {
      case String string -> string;
      case Number number -> number.toString();
      case Boolean flag -> flag.toString();
      case null, default ->
          throw new InvalidTemplate(path, "expected a string, got " + described(value));
    };
  }

  static long integer(String path, Object value) {
    String string = string(path, value);
    try {
      return Long.parseLong(string);
    } catch (NumberFormatException e) {
      throw new InvalidTemplate(path, "expected an integer, got " + string, e);
    }
  }

  private static String described(Object value) {
    return switch (value) {
      case null -> "nothing";
      case Map<?, ?> map -> "a mapping";
      case List<?> list -> "a list";
      default -> "\"" + value + "\"";
    };
  }
}
