package arena.local.template;

import java.math.BigDecimal;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Determines the values of a template's parameters and checks them as CloudFormation does. */
final class Parameters {
  private Parameters() {}

  static Map<String, String> values(
      String template, Map<String, Object> declared, Map<String, String> overrides) {
    Map<String, String> values = new HashMap<>();
    declared.forEach(
        (name, declaration) -> {
          String path = template + ": Parameters." + name;
          Map<String, Object> fields = TemplateValues.map(path, declaration);
          String value = overrides.get(name);
          if (value == null && fields.containsKey("Default")) {
            value = TemplateValues.string(path + ".Default", fields.get("Default"));
          }
          if (value == null) {
            throw new InvalidTemplate(path, "the parameter has no default and no value was given");
          }
          check(path, fields, value);
          values.put(name, value);
        });
    for (String name : overrides.keySet()) {
      if (!declared.containsKey(name)) {
        throw new InvalidTemplate(template + ": Parameters", "there is no parameter " + name);
      }
    }
    return values;
  }

  private static void check(String path, Map<String, Object> fields, String value) {
    Object allowed = fields.get("AllowedValues");
    if (allowed != null) {
      List<String> values =
          TemplateValues.list(path + ".AllowedValues", allowed).stream()
              .map(one -> TemplateValues.string(path + ".AllowedValues", one))
              .toList();
      if (!values.contains(value)) {
        throw new InvalidTemplate(path, "\"" + value + "\" is not one of " + values);
      }
    }
    Object length = fields.get("MaxLength");
    if (length != null && value.length() > Integer.parseInt(TemplateValues.string(path, length))) {
      throw new InvalidTemplate(path, "\"" + value + "\" has more than " + length + " characters");
    }
    Object pattern = fields.get("AllowedPattern");
    if (pattern != null
        && !Pattern.matches(TemplateValues.string(path + ".AllowedPattern", pattern), value)) {
      throw new InvalidTemplate(path, "\"" + value + "\" does not match " + pattern);
    }
    if ("Number".equals(fields.get("Type"))) {
      BigDecimal number;
      try {
        number = new BigDecimal(value);
      } catch (NumberFormatException e) {
        throw new InvalidTemplate(path, "\"" + value + "\" is not a number", e);
      }
      Object least = fields.get("MinValue");
      Object most = fields.get("MaxValue");
      if (least != null
          && number.compareTo(new BigDecimal(TemplateValues.string(path, least))) < 0) {
        throw new InvalidTemplate(path, value + " is below " + least);
      }
      if (most != null && number.compareTo(new BigDecimal(TemplateValues.string(path, most))) > 0) {
        throw new InvalidTemplate(path, value + " is above " + most);
      }
    }
  }
}
