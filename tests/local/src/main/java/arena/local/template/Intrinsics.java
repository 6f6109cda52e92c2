package arena.local.template;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Evaluates CloudFormation's intrinsic functions: {@code Ref}, {@code GetAtt}, {@code Sub}, {@code
 * Join}, {@code If} and {@code FindInMap}. Others are rejected by name when they are evaluated.
 */
final class Intrinsics {
  /** The value of {@code AWS::NoValue}: the property is absent. */
  enum NoValue {
    /** The only instance. */
    NO_VALUE
  }

  private static final int MAX_DEPTH = 60;
  private static final Pattern PLACEHOLDER = Pattern.compile("\\$\\{([^${}]+)}");

  private final Map<String, String> parameters;
  private final Resources resources;
  private final Deployment deployment;
  private final Conditions conditions;
  private final DeployedValues deployedValues;
  private final Section globals;
  private final Object mappings;
  private int depth;

  Intrinsics(
      String template,
      Map<String, Object> root,
      Map<String, String> parameters,
      Resources resources,
      Deployment deployment) {
    this.parameters = parameters;
    this.resources = resources;
    this.deployment = deployment;
    conditions = new Conditions(template, root.get("Conditions"), this);
    deployedValues = new DeployedValues(resources, deployment, this);
    mappings = root.getOrDefault("Mappings", Map.of());
    globals = section(template + ": Globals", root.get("Globals"));
  }

  Section section(String path, Object raw) {
    return new Section(this, path, raw);
  }

  /** Returns the defaults of all functions, {@code Globals.Function}. */
  Section functionDefaults() {
    return globals.at("Function");
  }

  Conditions conditions() {
    return conditions;
  }

  /** Replaces what a deployment replaces: references to secrets, and addresses of the APIs. */
  String complete(String path, String string) {
    return deployedValues.complete(path, string);
  }

  /** Evaluates the intrinsic function that a value is, but none within it. */
  Object evaluateTop(String path, Object raw) {
    String function = function(raw);
    if (function == null) {
      return raw;
    }
    if (function.equals("Fn::If")) {
      return evaluateTop(path, branch(path, argument(raw)));
    }
    return evaluate(path, raw);
  }

  /** Evaluates a value and everything within it; {@link NoValue} if the property is absent. */
  Object evaluate(String path, Object raw) {
    if (depth == MAX_DEPTH) {
      throw new InvalidTemplate(
          path, "the value refers to itself or is nested deeper than " + MAX_DEPTH);
    }
    depth++;
    try {
      return evaluateWithin(path, raw);
    } finally {
      depth--;
    }
  }

  private Object evaluateWithin(String path, Object raw) {
    String function = function(raw);
    if (function != null) {
      return call(path, function, argument(raw));
    }
    return switch (raw) {
      case Map<?, ?> map -> {
        Map<String, Object> evaluated = new LinkedHashMap<>();
        TemplateValues.map(path, map)
            .forEach(
                (key, value) -> {
                  Object result = evaluate(path + "." + key, value);
                  if (!(result instanceof NoValue)) {
                    evaluated.put(key, result);
                  }
                });
        yield evaluated;
      }
      case List<?> list -> {
        List<Object> evaluated = new ArrayList<>();
        for (int i = 0; i < list.size(); i++) {
          Object result = evaluate(path + "[" + i + "]", list.get(i));
          if (!(result instanceof NoValue)) {
            evaluated.add(result);
          }
        }
        yield evaluated;
      }
      case null -> null;
      default -> raw;
    };
  }

  /** Returns the name of the function that a value calls, or null. */
  static String function(Object raw) {
    if (raw instanceof Map<?, ?> map
        && map.size() == 1
        && map.keySet().iterator().next() instanceof String name
        && (name.startsWith("Fn::") || name.equals("Ref"))) {
      return name;
    }
    return null;
  }

  static Object argument(Object raw) {
    return ((Map<?, ?>) raw).values().iterator().next();
  }

  static List<?> arguments(String path, String function, Object argument, int least, int most) {
    List<?> list = TemplateValues.list(path, argument);
    if (list.size() < least || list.size() > most) {
      throw new InvalidTemplate(path, function + " does not take " + list.size() + " arguments");
    }
    return list;
  }

  private Object call(String path, String function, Object argument) {
    return switch (function) {
      case "Ref" -> reference(path, TemplateValues.string(path, argument));
      case "Fn::GetAtt" -> attribute(path, argument);
      case "Fn::Sub" -> substitute(path, TemplateValues.string(path, argument));
      case "Fn::If" -> evaluate(path, branch(path, argument));
      case "Fn::Join" -> join(path, argument);
      case "Fn::FindInMap" -> findInMap(path, argument);
      default -> throw new InvalidTemplate(path, "the local stack does not support " + function);
    };
  }

  private Object branch(String path, Object argument) {
    List<?> parts = arguments(path, "Fn::If", argument, 3, 3);
    boolean holds = conditions.holds(path, TemplateValues.string(path, parts.get(0)));
    return holds ? parts.get(1) : parts.get(2);
  }

  private String join(String path, Object argument) {
    List<?> parts = arguments(path, "Fn::Join", argument, 2, 2);
    return String.join(
        TemplateValues.string(path, parts.get(0)),
        TemplateValues.list(path, evaluate(path, parts.get(1))).stream()
            .map(part -> TemplateValues.string(path, part))
            .toList());
  }

  private Object findInMap(String path, Object argument) {
    List<?> keys = arguments(path, "Fn::FindInMap", argument, 3, 3);
    Object found = mappings;
    String at = "Mappings";
    for (Object key : keys) {
      String name = TemplateValues.string(path, evaluate(path, key));
      found = TemplateValues.map(at, found).get(name);
      at = at + "." + name;
      if (found == null) {
        throw new InvalidTemplate(path, "there is no " + at);
      }
    }
    return found;
  }

  private String substitute(String path, String string) {
    return PLACEHOLDER
        .matcher(string)
        .replaceAll(match -> Matcher.quoteReplacement(placeholder(path, match.group(1).trim())));
  }

  private String placeholder(String path, String name) {
    int dot = name.indexOf('.');
    return dot < 0
        ? TemplateValues.string(path, reference(path, name))
        : attribute(path, name.substring(0, dot), name.substring(dot + 1));
  }

  private Object reference(String path, String name) {
    String value = parameters.get(name);
    if (value != null) {
      return value;
    }
    if (name.startsWith("AWS::")) {
      return pseudoParameter(path, name);
    }
    int dot = name.indexOf('.');
    String id = dot < 0 ? name : name.substring(0, dot);
    if (!resources.declares(id)) {
      throw new InvalidTemplate(path, "there is no parameter or resource " + id);
    }
    Optional<String> known =
        dot < 0
            ? resources.reference(id, this)
            : resources.generated(id, name.substring(dot + 1), this);
    return known.orElseThrow(() -> unsupported(path, "!Ref " + name, id));
  }

  private Object pseudoParameter(String path, String name) {
    return switch (name) {
      case "AWS::NoValue" -> NoValue.NO_VALUE;
      case "AWS::StackName" -> deployment.stackName();
      case "AWS::Region" -> Deployment.REGION;
      case "AWS::AccountId" -> Deployment.ACCOUNT;
      case "AWS::Partition" -> "aws";
      case "AWS::URLSuffix" -> "amazonaws.com";
      default -> throw new InvalidTemplate(path, "the local stack does not support " + name);
    };
  }

  private String attribute(String path, Object argument) {
    List<?> parts = arguments(path, "Fn::GetAtt", argument, 2, 2);
    return attribute(
        path, TemplateValues.string(path, parts.get(0)), TemplateValues.string(path, parts.get(1)));
  }

  private String attribute(String path, String id, String attribute) {
    if (!resources.declares(id)) {
      throw new InvalidTemplate(path, "there is no resource " + id);
    }
    return resources
        .attribute(id, attribute, this)
        .orElseThrow(() -> unsupported(path, "!GetAtt " + id + "." + attribute, id));
  }

  private InvalidTemplate unsupported(String path, String expression, String id) {
    return new InvalidTemplate(
        path, "the local stack does not support " + expression + " (" + resources.type(id) + ")");
  }
}
