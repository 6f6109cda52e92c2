package arena.local.states;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * An object of a definition. Each supported field is taken out; {@link #rejectRest} then rejects
 * the others.
 */
final class DefinitionFields {
  private final String where;
  private final Map<String, Object> rest = new LinkedHashMap<>();

  /**
   * Creates the fields of an object.
   *
   * @param where the place in the definition, for messages
   */
  DefinitionFields(Object value, String where) {
    this.where = where;
    if (!(value instanceof Map<?, ?> map)) {
      throw new InvalidDefinition(where + " must be an object");
    }
    map.forEach((name, field) -> rest.put(String.valueOf(name), field));
  }

  String where() {
    return where;
  }

  InvalidDefinition invalid(String reason) {
    return new InvalidDefinition(where + ": " + reason);
  }

  InvalidDefinition missing(String name) {
    return invalid("the field " + name + " is missing");
  }

  /** Takes a field; a null counts as absent. */
  Optional<Object> take(String name) {
    return Optional.ofNullable(rest.remove(name));
  }

  Object require(String name) {
    return take(name).orElseThrow(() -> missing(name));
  }

  Optional<JsonTemplate> template(String name) {
    if (!rest.containsKey(name)) {
      return Optional.empty();
    }
    return Optional.of(JsonTemplate.read(rest.remove(name), where + "." + name));
  }

  Optional<String> string(String name) {
    return take(name)
        .map(
            value -> {
              if (value instanceof String string) {
                return string;
              }
              throw invalid(name + " must be a string");
            });
  }

  List<?> list(String name) {
    return take(name)
        .<List<?>>map(
            value -> {
              if (value instanceof List<?> list) {
                return list;
              }
              throw invalid(name + " must be a list");
            })
        .orElse(List.of());
  }

  List<String> strings(String name) {
    List<?> list = list(name);
    if (list.isEmpty()) {
      throw invalid(name + " must have at least one entry");
    }
    return list.stream()
        .map(
            item -> {
              if (item instanceof String string) {
                return string;
              }
              throw invalid(name + " must be a list of strings");
            })
        .toList();
  }

  Optional<Integer> integer(String name, int least, int most) {
    return take(name)
        .map(
            value -> {
              if (value instanceof Integer number && number >= least && number <= most) {
                return number;
              }
              throw invalid(
                  String.format(
                      Locale.ROOT, "%s must be an integer from %d to %d", name, least, most));
            });
  }

  /** Takes a number of seconds, or an expression that gives one. */
  Optional<JsonTemplate> seconds(String name, int least) {
    if (rest.get(name) instanceof String text && JsonTemplate.isExpression(text)) {
      return template(name);
    }
    return integer(name, least, Quotas.MAX_SECONDS).map(number -> JsonTemplate.read(number, where));
  }

  /** Takes a whole number from 0, or an expression that gives one. */
  Optional<JsonTemplate> wholeNumber(String name) {
    return seconds(name, 0);
  }

  Optional<Double> number(String name, double least) {
    return take(name)
        .map(
            value -> {
              if (value instanceof Number number && number.doubleValue() >= least) {
                return number.doubleValue();
              }
              throw invalid(
                  String.format(Locale.ROOT, "%s must be a number of at least %s", name, least));
            });
  }

  /** Rejects, by name, the fields that were not taken. */
  void rejectRest() {
    if (!rest.isEmpty()) {
      throw invalid("not supported: " + String.join(", ", rest.keySet()));
    }
  }
}
