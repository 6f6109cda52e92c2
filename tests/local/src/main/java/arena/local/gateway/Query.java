package arena.local.gateway;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;

/** Parses query strings. */
final class Query {
  private Query() {}

  /** Returns the parameters by name; values of the same name are joined by a comma. */
  static Map<String, String> joined(String raw) {
    SequencedMap<String, String> parameters = new LinkedHashMap<>();
    for (String part : raw.split("&", -1)) {
      if (part.isEmpty()) {
        continue;
      }
      String[] pair = part.split("=", 2);
      parameters.merge(
          decode(pair[0]),
          pair.length == 2 ? decode(pair[1]) : "",
          (first, next) -> first + "," + next);
    }
    return parameters;
  }

  /** Decodes a text; one with an invalid escape is returned unchanged. */
  private static String decode(String text) {
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return text;
    }
  }
}
