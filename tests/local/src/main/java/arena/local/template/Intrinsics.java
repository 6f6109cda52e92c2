package arena.local.template;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** CloudFormation's functions and conditions. */
final class Intrinsics {
  /** What {@code AWS::NoValue} gives: as if the property were not there. */
  enum NoValue {
    /** The one such value. */
    NO_VALUE
  }

  private static final int MAX_DEPTH = 60;
  private static final Pattern PLACEHOLDER = Pattern.compile("\\$\\{(!?)([^${}]+)}");
  private static final Pattern DYNAMIC = Pattern.compile("\\{\\{resolve:([a-z0-9-]+):([^{}]+)}}");

  private final String template;
  private final Map<String, String> parameters;
  private final Map<String, Object> conditions;
  private final Map<String, Object> mappings;
  private final Resources resources;
  private final Deployment deployment;
  private final Map<String, Boolean> decided = new HashMap<>();
  private final Set<String> deciding = new HashSet<>();
  private int depth;

  Intrinsics(
      String template,
      Map<String, Object> root,
      Map<String, String> parameters,
      Resources resources,
      Deployment deployment) {
    this.template = template;
    this.parameters = parameters;
    this.conditions = part(root, "Conditions");
    this.mappings = part(root, "Mappings");
    this.resources = resources;
    this.deployment = deployment;
  }

  private Map<String, Object> part(Map<String, Object> root, String name) {
    return root.containsKey(name)
        ? Values.map(template + ": " + name, root.get(name))
        : Collections.emptyMap();
  }

  Section section(String path, Object raw) {
    return new Section(this, path, raw);
  }

  /** Resolves the intrinsic that a value is, but not those within; {@link NoValue} for none. */
  Object choose(String path, Object raw) {
    String function = function(raw);
    if (function == null) {
      return raw;
    }
    if (function.equals("Fn::If")) {
      return choose(path, branch(path, argument(raw)));
    }
    return evaluate(path, raw);
  }

  /** Resolves a value and all within; {@link NoValue} where it is to be left out. */
  Object evaluate(String path, Object raw) {
    if (depth == MAX_DEPTH) {
      throw new TemplateFault(path, "it refers to itself, or is nested deeper than " + MAX_DEPTH);
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
        Values.map(path, map)
            .forEach(
                (key, value) -> {
                  Object one = evaluate(path + "." + key, value);
                  if (!(one instanceof NoValue)) {
                    evaluated.put(key, one);
                  }
                });
        yield evaluated;
      }
      case List<?> list -> {
        List<Object> evaluated = new ArrayList<>();
        for (int i = 0; i < list.size(); i++) {
          Object one = evaluate(path + "[" + i + "]", list.get(i));
          if (!(one instanceof NoValue)) {
            evaluated.add(one);
          }
        }
        yield evaluated;
      }
      case null -> null;
      default -> raw;
    };
  }

  /** The name of the function that a value calls, or null. */
  private static String function(Object raw) {
    if (raw instanceof Map<?, ?> map
        && map.size() == 1
        && map.keySet().iterator().next() instanceof String name
        && (name.startsWith("Fn::") || name.equals("Ref") || name.equals("Condition"))) {
      return name;
    }
    return null;
  }

  private static Object argument(Object raw) {
    return ((Map<?, ?>) raw).values().iterator().next();
  }

  private Object call(String path, String function, Object argument) {
    return switch (function) {
      case "Ref" -> reference(path, Values.text(path, argument));
      case "Fn::GetAtt" -> attribute(path, argument);
      case "Fn::Sub" -> substitute(path, argument);
      case "Fn::If" -> evaluate(path, branch(path, argument));
      case "Fn::Join" -> join(path, argument);
      case "Fn::Select" -> select(path, argument);
      case "Fn::Split" -> split(path, argument);
      case "Fn::FindInMap" -> find(path, argument);
      case "Condition", "Fn::Equals", "Fn::Not", "Fn::And", "Fn::Or" ->
          Boolean.toString(holds(path, Map.of(function, argument)));
      default -> throw new TemplateFault(path, "the local stack has no stand-in for " + function);
    };
  }

  // ---- references

  private Object reference(String path, String name) {
    String value = parameters.get(name);
    if (value != null) {
      return value;
    }
    if (name.startsWith("AWS::")) {
      return pseudo(path, name);
    }
    int dot = name.indexOf('.');
    String id = dot < 0 ? name : name.substring(0, dot);
    if (!resources.declares(id)) {
      throw new TemplateFault(path, "there is no parameter or resource " + id);
    }
    Optional<String> known =
        dot < 0
            ? resources.reference(id, this)
            : resources.generated(id, name.substring(dot + 1), this);
    return known.orElseThrow(
        () ->
            new TemplateFault(
                path,
                "the local stack has no stand-in for !Ref "
                    + name
                    + " ("
                    + resources.type(id)
                    + ")"));
  }

  private Object pseudo(String path, String name) {
    return switch (name) {
      case "AWS::NoValue" -> NoValue.NO_VALUE;
      case "AWS::StackName" -> deployment.stackName();
      case "AWS::StackId" ->
          Resources.arn("cloudformation", "stack/" + deployment.stackName() + "/local");
      case "AWS::Region" -> Deployment.REGION;
      case "AWS::AccountId" -> Deployment.ACCOUNT;
      case "AWS::Partition" -> "aws";
      case "AWS::URLSuffix" -> "amazonaws.com";
      default -> throw new TemplateFault(path, "there is no pseudo parameter " + name);
    };
  }

  private String attribute(String path, Object argument) {
    List<?> parts = arguments(path, "Fn::GetAtt", argument, 2, 2);
    return attribute(path, Values.text(path, parts.get(0)), Values.text(path, parts.get(1)));
  }

  private String attribute(String path, String id, String attribute) {
    if (!resources.declares(id)) {
      throw new TemplateFault(path, "there is no resource " + id);
    }
    return resources
        .attribute(id, attribute, this)
        .orElseThrow(
            () ->
                new TemplateFault(
                    path,
                    "the local stack has no stand-in for !GetAtt "
                        + id
                        + "."
                        + attribute
                        + " ("
                        + resources.type(id)
                        + ")"));
  }

  private String substitute(String path, Object argument) {
    String text;
    Map<String, Object> own;
    if (argument instanceof List<?>) {
      List<?> parts = arguments(path, "Fn::Sub", argument, 2, 2);
      text = Values.text(path, parts.get(0));
      own = Values.map(path, evaluate(path, parts.get(1)));
    } else {
      text = Values.text(path, argument);
      own = Map.of();
    }
    return PLACEHOLDER
        .matcher(text)
        .replaceAll(
            match ->
                Matcher.quoteReplacement(placeholder(path, match.group(1), match.group(2), own)));
  }

  private String placeholder(String path, String literal, String name, Map<String, Object> own) {
    if (!literal.isEmpty()) {
      return "${" + name + "}";
    }
    String trimmed = name.trim();
    if (own.containsKey(trimmed)) {
      return Values.text(path, own.get(trimmed));
    }
    int dot = trimmed.indexOf('.');
    return dot < 0
        ? Values.text(path, reference(path, trimmed))
        : attribute(path, trimmed.substring(0, dot), trimmed.substring(dot + 1));
  }

  // ---- texts and lists

  private String join(String path, Object argument) {
    List<?> parts = arguments(path, "Fn::Join", argument, 2, 2);
    return String.join(
        Values.text(path, parts.get(0)),
        Values.list(path, evaluate(path, parts.get(1))).stream()
            .map(one -> Values.text(path, one))
            .toList());
  }

  private Object select(String path, Object argument) {
    List<?> parts = arguments(path, "Fn::Select", argument, 2, 2);
    long index = Values.number(path, evaluate(path, parts.get(0)));
    List<?> list = Values.list(path, evaluate(path, parts.get(1)));
    if (index < 0 || index >= list.size()) {
      throw new TemplateFault(path, "there is no item " + index + " in " + list.size());
    }
    return list.get((int) index);
  }

  private List<String> split(String path, Object argument) {
    List<?> parts = arguments(path, "Fn::Split", argument, 2, 2);
    String delimiter = Values.text(path, parts.get(0));
    String text = Values.text(path, evaluate(path, parts.get(1)));
    return List.of(text.split(Pattern.quote(delimiter), -1));
  }

  private Object find(String path, Object argument) {
    List<?> parts = arguments(path, "Fn::FindInMap", argument, 3, 3);
    Object value = mappings;
    for (Object part : parts) {
      String key = Values.text(path, evaluate(path, part));
      value = Values.map(path, value).get(key);
      if (value == null) {
        throw new TemplateFault(path, "the mapping has no " + key);
      }
    }
    return value;
  }

  // ---- conditions

  private Object branch(String path, Object argument) {
    List<?> parts = arguments(path, "Fn::If", argument, 3, 3);
    return condition(path, Values.text(path, parts.get(0))) ? parts.get(1) : parts.get(2);
  }

  /** Whether a named condition holds. */
  boolean condition(String path, String name) {
    Boolean known = decided.get(name);
    if (known != null) {
      return known;
    }
    if (!conditions.containsKey(name)) {
      throw new TemplateFault(path, "there is no condition " + name);
    }
    if (!deciding.add(name)) {
      throw new TemplateFault(path, "the condition " + name + " depends on itself");
    }
    boolean holds = holds(template + ": Conditions." + name, conditions.get(name));
    deciding.remove(name);
    decided.put(name, holds);
    return holds;
  }

  private boolean holds(String path, Object raw) {
    String function = function(raw);
    if (function == null) {
      throw new TemplateFault(path, "a condition is expected");
    }
    Object argument = argument(raw);
    return switch (function) {
      case "Condition" -> condition(path, Values.text(path, argument));
      case "Fn::Equals" -> {
        List<?> sides = arguments(path, function, argument, 2, 2);
        yield Values.text(path, evaluate(path, sides.get(0)))
            .equals(Values.text(path, evaluate(path, sides.get(1))));
      }
      case "Fn::Not" -> !holds(path, arguments(path, function, argument, 1, 1).getFirst());
      case "Fn::And" ->
          arguments(path, function, argument, 2, 10).stream().allMatch(one -> holds(path, one));
      case "Fn::Or" ->
          arguments(path, function, argument, 2, 10).stream().anyMatch(one -> holds(path, one));
      default -> throw new TemplateFault(path, function + " is no condition");
    };
  }

  private static List<?> arguments(
      String path, String function, Object argument, int least, int most) {
    List<?> list = Values.list(path, argument);
    if (list.size() < least || list.size() > most) {
      throw new TemplateFault(path, function + " does not take " + list.size() + " arguments");
    }
    return list;
  }

  // ---- what a deployment would fill in

  /**
   * Fills in secrets, and puts the local addresses in the place of those that API Gateway would
   * give the APIs.
   */
  String complete(String path, String text) {
    String completed =
        DYNAMIC
            .matcher(text)
            .replaceAll(
                match -> Matcher.quoteReplacement(dynamic(path, match.group(1), match.group(2))));
    for (String id : resources.ofType("AWS::Serverless::HttpApi").keySet()) {
      completed = completed.replace("https://" + host(id), deployment.httpUrl());
    }
    for (String id : resources.ofType("AWS::ApiGatewayV2::Api").keySet()) {
      completed = completed.replace("https://" + host(id), deployment.httpUrl());
      completed = completed.replace("wss://" + host(id), deployment.webSocketUrl());
    }
    return completed;
  }

  private String host(String apiId) {
    return resources.apiId(apiId) + ".execute-api." + Deployment.REGION + ".amazonaws.com";
  }

  private String dynamic(String path, String service, String reference) {
    if (!service.equals("secretsmanager")) {
      throw new TemplateFault(path, "the local stack resolves no " + service + " references");
    }
    // An ARN has seven parts, the last of which is the secret's name.
    String[] parts = reference.split(":", -1);
    int idParts = reference.startsWith("arn:") ? 7 : 1;
    if (parts.length < idParts) {
      throw new TemplateFault(path, "\"" + reference + "\" names no secret");
    }
    if (parts.length > idParts + 1 && !parts[idParts + 1].isEmpty()) {
      throw new TemplateFault(path, "the local stack resolves no JSON key of a secret");
    }
    String id = String.join(":", List.of(parts).subList(0, idParts));
    if (redisSecrets().contains(id)) {
      return deployment.redisPassword();
    }
    return deployment
        .secrets()
        .apply(parts[idParts - 1])
        .orElseThrow(() -> new TemplateFault(path, "there is no value for the secret " + id));
  }

  /** The secrets that the template names as the password of its Redis. */
  private Set<String> redisSecrets() {
    Set<String> ids = new HashSet<>();
    resources
        .ofType("AWS::ElastiCache::ReplicationGroup")
        .forEach(
            (id, declaration) -> {
              Object token =
                  section(resources.path(id), declaration).at("Properties").at("AuthToken").value();
              Matcher matcher = DYNAMIC.matcher(token == null ? "" : token.toString());
              while (matcher.find()) {
                ids.add(matcher.group(2));
              }
            });
    return ids;
  }
}
