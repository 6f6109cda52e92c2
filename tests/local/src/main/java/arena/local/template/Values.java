package arena.local.template;

import java.util.List;
import java.util.Map;

/** Reads what YAML left untyped. */
final class Values {
  private Values() {}

  /** A mapping with textual keys. */
  static Map<String, Object> map(String path, Object value) {
    if (!(value instanceof Map<?, ?> map)) {
      throw new TemplateFault(path, "a mapping is expected, not " + described(value));
    }
    for (Object key : map.keySet()) {
      if (!(key instanceof String)) {
        throw new TemplateFault(path, "the key " + key + " is no text");
      }
    }
    // Every key was looked at.
    @SuppressWarnings("unchecked")
    Map<String, Object> typed = (Map<String, Object>) map;
    return typed;
  }

  static List<?> list(String path, Object value) {
    if (!(value instanceof List<?> list)) {
      throw new TemplateFault(path, "a list is expected, not " + described(value));
    }
    return list;
  }

  /** A scalar as CloudFormation sees it: text. */
  static String text(String path, Object value) {
    return switch (value) {
      case String text -> text;
      case Number number -> number.toString();
      case Boolean flag -> flag.toString();
      case null, default ->
          throw new TemplateFault(path, "a text is expected, not " + described(value));
    };
  }

  static long number(String path, Object value) {
    String text = text(path, value);
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new TemplateFault(path, "a whole number is expected, not " + text, e);
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
