package arena.local.states;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** An object of a definition, taken field by field, so that what nobody takes can be refused. */
final class Fields {
  private final String where;
  private final Map<String, Object> rest = new LinkedHashMap<>();

  Fields(Object value, String where) {
    this.where = where;
    if (!(value instanceof Map<?, ?> map)) {
      throw new DefinitionRefused(where + " is to be an object");
    }
    map.forEach((name, field) -> rest.put(String.valueOf(name), field));
  }

  String where() {
    return where;
  }

  DefinitionRefused refused(String what) {
    return new DefinitionRefused(where + ": " + what);
  }

  /** The field's value; absent and null are the same. */
  Optional<Object> take(String name) {
    return Optional.ofNullable(rest.remove(name));
  }

  Object need(String name) {
    return take(name).orElseThrow(() -> refused("the field " + name + " is missing"));
  }

  Optional<Template> template(String name) {
    if (!rest.containsKey(name)) {
      return Optional.empty();
    }
    return Optional.of(Template.read(rest.remove(name), where + "." + name));
  }

  Optional<String> text(String name) {
    return take(name)
        .map(
            value -> {
              if (value instanceof String text) {
                return text;
              }
              throw refused(name + " is to be a string");
            });
  }

  List<?> list(String name) {
    return take(name)
        .<List<?>>map(
            value -> {
              if (value instanceof List<?> list) {
                return list;
              }
              throw refused(name + " is to be a list");
            })
        .orElse(List.of());
  }

  List<String> texts(String name) {
    List<?> list = list(name);
    if (list.isEmpty()) {
      throw refused(name + " is to name at least one");
    }
    return list.stream()
        .map(
            item -> {
              if (item instanceof String text) {
                return text;
              }
              throw refused(name + " is to hold strings");
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
              throw refused(
                  String.format(
                      Locale.ROOT, "%s is to be a whole number from %d to %d", name, least, most));
            });
  }

  Optional<Double> number(String name, double least) {
    return take(name)
        .map(
            value -> {
              if (value instanceof Number number && number.doubleValue() >= least) {
                return number.doubleValue();
              }
              throw refused("%s is to be a number of at least %s".formatted(name, least));
            });
  }

  /** Refuses, by name, a field that nobody took. */
  void refuseRest() {
    if (!rest.isEmpty()) {
      throw refused("not supported: " + String.join(", ", rest.keySet()));
    }
  }
}
