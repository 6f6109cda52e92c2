package arena.local.template;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A part of the template and where it is. What it holds is resolved when it is asked for, so that
 * only what the stack needs has to be resolvable.
 */
final class Section {
  private final Intrinsics intrinsics;
  private final String path;
  private final Object raw;

  Section(Intrinsics intrinsics, String path, Object raw) {
    this.intrinsics = intrinsics;
    this.path = path;
    this.raw = raw;
  }

  /** Where it is, for messages. */
  String path() {
    return path;
  }

  /** False if it is not in the template, or {@code AWS::NoValue}. */
  boolean present() {
    return chosen() != null;
  }

  /** The part under this key; of what is not there, a part that is not there. */
  Section at(String key) {
    Object value = chosen();
    return new Section(
        intrinsics, path + "." + key, value == null ? null : Values.map(path, value).get(key));
  }

  /** The parts of a list that are there; none if the list is not there. */
  List<Section> items() {
    List<Section> items = new ArrayList<>();
    Object value = chosen();
    if (value != null) {
      List<?> list = Values.list(path, value);
      for (int i = 0; i < list.size(); i++) {
        Section item = new Section(intrinsics, path + "[" + i + "]", list.get(i));
        if (item.present()) {
          items.add(item);
        }
      }
    }
    return items;
  }

  /** The parts of a mapping that are there, in order; none if the mapping is not there. */
  Map<String, Section> entries() {
    Map<String, Section> entries = new LinkedHashMap<>();
    Object value = chosen();
    if (value != null) {
      Values.map(path, value)
          .forEach(
              (key, entry) -> {
                Section section = new Section(intrinsics, path + "." + key, entry);
                if (section.present()) {
                  entries.put(key, section);
                }
              });
    }
    return entries;
  }

  /** The text that it is. */
  String text() {
    Object value = intrinsics.evaluate(path, raw);
    if (value == null || value instanceof Intrinsics.NoValue) {
      throw new TemplateFault(path, "it is missing");
    }
    return intrinsics.complete(path, Values.text(path, value));
  }

  /** The text that it is, or another if it is not there. */
  String text(String otherwise) {
    return present() ? text() : otherwise;
  }

  /** The whole number that it is. */
  long number() {
    return Values.number(path, text());
  }

  /** The whole number that it is, or another if it is not there. */
  long number(long otherwise) {
    return present() ? number() : otherwise;
  }

  /** The texts of a list. */
  List<String> texts() {
    return items().stream().map(Section::text).toList();
  }

  /** All that it holds, resolved. */
  Object value() {
    Object value = intrinsics.evaluate(path, raw);
    return value instanceof Intrinsics.NoValue ? null : value;
  }

  /** Itself, with its own intrinsic resolved, not those within. */
  private Object chosen() {
    Object value = intrinsics.choose(path, raw);
    return value instanceof Intrinsics.NoValue ? null : value;
  }
}
