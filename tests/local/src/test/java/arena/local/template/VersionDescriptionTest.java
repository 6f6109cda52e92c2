package arena.local.template;

import static java.util.Map.entry;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * The alias of a function moves to a new version only if the template or the description of the
 * version changes, so the description contains the value of every parameter that the version's
 * configuration uses.
 */
final class VersionDescriptionTest {
  private static final Path TEMPLATE = Path.of("../../template.yaml");

  /** Lambda's limit, in characters. */
  private static final int MAX_LENGTH = 256;

  /**
   * The properties that a version keeps and that are not described by resources. Policies belong to
   * the role, which all versions share.
   */
  private static final List<String> CONFIGURATION =
      List.of("Environment", "Timeout", "MemorySize", "EphemeralStorage", "SnapStart", "Tracing");

  private static final Pattern VARIABLE = Pattern.compile("\\$\\{([A-Za-z0-9]+)}");

  private static final Map<String, String> LONGEST =
      Map.ofEntries(
          entry("LogLevel", "ERROR"),
          entry("BedrockModels", "b".repeat(140)),
          entry("GraceMinutes", "300"),
          entry("ModelTimeoutSeconds", "840"),
          entry("CacheAuthTokenVersion", "v".repeat(8) + "-" + "v".repeat(27)),
          entry("OpenAiBaseUrl", "https://" + "u".repeat(92)),
          entry("OpenAiSecretName", "s".repeat(64)),
          entry("OpenAiSecretVersion", "w".repeat(8) + "-" + "w".repeat(27)),
          entry("AnthropicSecretName", "a".repeat(40)),
          entry("AnthropicSecretVersion", "x".repeat(8) + "-" + "x".repeat(27)),
          entry("ComparisonConcurrency", "40"));

  private final Map<String, Object> root = parse();
  private final Map<?, ?> parameters = (Map<?, ?>) root.get("Parameters");
  private final Map<?, ?> conditions = (Map<?, ?>) root.get("Conditions");

  private static Map<String, Object> parse() {
    try {
      return TemplateYaml.parse("template.yaml", Files.readString(TEMPLATE));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void namesEveryParameterOfTheConfiguration() {
    Map<?, ?> globals = map(map(root.get("Globals")).get("Function"));
    int functions = 0;
    for (Map.Entry<String, Map<?, ?>> function : functions().entrySet()) {
      Set<String> used = new TreeSet<>();
      List<?> ignored = ignoredGlobals(function.getKey());
      for (String property : CONFIGURATION) {
        if (!ignored.contains(property)) {
          collect(globals.get(property), used);
        }
        collect(function.getValue().get(property), used);
      }
      Set<String> named = new TreeSet<>();
      collect(function.getValue().get("VersionDescription"), named);
      assertEquals(used, named, function.getKey());
      functions++;
    }
    assertEquals(14, functions);
  }

  @Test
  void fitsLambdasLimitForTheLongestValues() {
    functions()
        .forEach(
            (id, function) -> {
              String longest = longest(map(function.get("VersionDescription")).get("Fn::Sub"));
              assertTrue(longest.length() <= MAX_LENGTH, id + ": " + longest.length());
            });
  }

  /** The longest text of a substitution, whose second part may define its own variables. */
  private static String longest(Object substitution) {
    if (substitution instanceof String text) {
      return VARIABLE.matcher(text).replaceAll(found -> LONGEST.get(found.group(1)));
    }
    List<?> parts = (List<?>) substitution;
    Map<String, String> variables = new HashMap<>(LONGEST);
    map(parts.get(1)).forEach((name, value) -> variables.put((String) name, value(map(value))));
    return VARIABLE
        .matcher((String) parts.getFirst())
        .replaceAll(found -> variables.get(found.group(1)));
  }

  /** The longest value of a variable: the first part of a text, or one of two texts. */
  private static String value(Map<?, ?> value) {
    if (value.get("Fn::If") instanceof List<?> choice) {
      return choice.stream()
          .skip(1)
          .map(String.class::cast)
          .max(Comparator.comparingInt(String::length))
          .orElseThrow();
    }
    List<?> select = (List<?>) value.get("Fn::Select");
    assertEquals("0", String.valueOf(select.getFirst()));
    List<?> split = (List<?>) map(select.get(1)).get("Fn::Split");
    String text = longest(map(split.get(1)).get("Fn::Sub"));
    return text.split(Pattern.quote((String) split.getFirst()), -1)[0];
  }

  /** Otherwise the test above would not use the longest. */
  @Test
  void refusesLongerValues() {
    resolve(LONGEST);
    for (String name :
        List.of(
            "BedrockModels",
            "CacheAuthTokenVersion",
            "OpenAiBaseUrl",
            "OpenAiSecretName",
            "OpenAiSecretVersion",
            "AnthropicSecretName",
            "AnthropicSecretVersion")) {
      Map<String, String> longer = new HashMap<>(LONGEST);
      longer.merge(name, "x", String::concat);
      InvalidTemplate refusal = assertThrows(InvalidTemplate.class, () -> resolve(longer));
      assertTrue(refusal.getMessage().contains(name), refusal::getMessage);
    }
  }

  private static void resolve(Map<String, String> values) {
    Deployment deployment = Deployment.placeholder();
    StackPlan plan = Template.read(TEMPLATE).resolve(values, deployment);
    assertEquals(14, plan.functions().size());
  }

  private List<?> ignoredGlobals(String id) {
    Object ignored = map(map(root.get("Resources")).get(id)).get("IgnoreGlobals");
    return ignored == null ? List.of() : (List<?>) ignored;
  }

  private Map<String, Map<?, ?>> functions() {
    Map<String, Map<?, ?>> functions = new HashMap<>();
    map(root.get("Resources"))
        .forEach(
            (id, resource) -> {
              if (map(resource).get("Type").equals("AWS::Serverless::Function")) {
                functions.put((String) id, map(map(resource).get("Properties")));
              }
            });
    return functions;
  }

  /** Adds the parameters that a value uses, also those of its conditions. */
  private void collect(Object value, Set<String> found) {
    switch (value) {
      case Map<?, ?> map ->
          map.forEach(
              (key, argument) -> {
                if (key.equals("Ref")) {
                  addParameter(argument, found);
                } else if (key.equals("Fn::Sub")) {
                  Object text = argument instanceof List<?> list ? list.getFirst() : argument;
                  Matcher matcher = VARIABLE.matcher((String) text);
                  matcher.results().forEach(one -> addParameter(one.group(1), found));
                }
                if (key.equals("Fn::If")) {
                  collect(conditions.get(((List<?>) argument).getFirst()), found);
                }
                collect(argument, found);
              });
      case List<?> list -> list.forEach(item -> collect(item, found));
      case null, default -> {
        // a plain value
      }
    }
  }

  private void addParameter(Object name, Set<String> found) {
    if (parameters.containsKey(name)) {
      found.add((String) name);
    }
  }

  private static Map<?, ?> map(Object value) {
    return (Map<?, ?>) value;
  }
}
