package arena.local.template;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A part of the template with its path. Intrinsic functions in it are evaluated when a value is
 * read, so that only what the local stack reads has to be supported.
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

  /** Returns the path, for messages. */
  String path() {
    return path;
  }

  /** Returns false if the part is missing or {@code AWS::NoValue}. */
  boolean present() {
    return shallow() != null;
  }

  /** Returns the part under a key, which may be absent. */
  Section at(String key) {
    Object value = shallow();
    return new Section(
        intrinsics,
        path + "." + key,
        value == null ? null : TemplateValues.map(path, value).get(key));
  }

  /** Returns the items of a list; none if the list is absent. */
  List<Section> items() {
    List<Section> items = new ArrayList<>();
    Object value = shallow();
    if (value != null) {
      List<?> list = TemplateValues.list(path, value);
      for (int i = 0; i < list.size(); i++) {
        Section item = new Section(intrinsics, path + "[" + i + "]", list.get(i));
        if (item.present()) {
          items.add(item);
        }
      }
    }
    return items;
  }

  /** Returns the entries of a mapping, in order; none if the mapping is absent. */
  Map<String, Section> entries() {
    Map<String, Section> entries = new LinkedHashMap<>();
    Object value = shallow();
    if (value != null) {
      TemplateValues.map(path, value)
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

  /** Returns the value of a string. */
  String string() {
    Object value = intrinsics.evaluate(path, raw);
    if (value == null || value instanceof Intrinsics.NoValue) {
      throw new InvalidTemplate(path, "the value is missing");
    }
    return intrinsics.complete(path, TemplateValues.string(path, value));
  }

  /** Returns the value of a string, or the default if it is absent. */
  String string(String defaultValue) {
    return present() ? string() : defaultValue;
  }

  /** Returns the value of an integer. */
  long integer() {
    return TemplateValues.integer(path, string());
  }

  /** Returns the value of an integer, or the default if it is absent. */
  long integer(long defaultValue) {
    return present() ? integer() : defaultValue;
  }

  /** Returns the strings of a list. */
  List<String> strings() {
    return items().stream().map(Section::string).toList();
  }

  /** Returns the whole value, evaluated. */
  Object value() {
    Object value = intrinsics.evaluate(path, raw);
    return value instanceof Intrinsics.NoValue ? null : value;
  }

  /** Returns the value with its own intrinsic function evaluated, but none within it. */
  private Object shallow() {
    Object value = intrinsics.evaluateTop(path, raw);
    return value instanceof Intrinsics.NoValue ? null : value;
  }
}
