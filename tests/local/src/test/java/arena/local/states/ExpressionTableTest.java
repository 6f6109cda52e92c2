package arena.local.states;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/**
 * Expressions against the values of the reference implementation of JSONata, which {@code
 * tests/opinions} writes and checks.
 */
class ExpressionTableTest {
  private static final Path TABLE = Path.of("../../tests/opinions/expressions.jsonl");

  /** The expressions of the deployed definition by their paths. */
  private static Map<String, String> expressions;

  private static List<Map<?, ?>> cases;

  /** Stands for a failed evaluation, which includes one without a value. */
  private static final Object FAILURE = List.of("failure");

  @BeforeAll
  static void read() throws IOException {
    expressions = new LinkedHashMap<>();
    Map<?, ?> definition =
        new Yaml(new SafeConstructor(new LoaderOptions())).load(ReplayDefinition.text());
    collect(definition.get("States"), "");
    cases = new ArrayList<>();
    for (String line : Files.readAllLines(TABLE)) {
      cases.add((Map<?, ?>) Json.read(line));
    }
  }

  private static void collect(Object value, String path) {
    switch (value) {
      case Map<?, ?> map ->
          map.forEach(
              (name, field) ->
                  collect(field, path.isEmpty() ? name.toString() : path + "." + name));
      case List<?> list -> {
        for (int i = 0; i < list.size(); i++) {
          collect(list.get(i), path + "[" + i + "]");
        }
      }
      case String text when JsonTemplate.isExpression(text) ->
          expressions.put(path, text.substring(2, text.length() - 2));
      default -> {
        // a constant
      }
    }
  }

  @Test
  void evaluatesEveryCaseAsTheReferenceDoes() {
    List<String> differences = new ArrayList<>();
    for (int i = 0; i < cases.size(); i++) {
      Map<?, ?> each = cases.get(i);
      Object expected = each.containsKey("fails") ? FAILURE : comparable(each.get("value"));
      Object actual = evaluate(each);
      if (!Objects.equals(expected, actual)) {
        differences.add(
            String.format(
                Locale.ROOT,
                "line %d: %s: expected %s, but was %s",
                i + 1,
                each.containsKey("of") ? each.get("of") : each.get("expression"),
                expected,
                actual));
      }
    }
    assertEquals("", String.join("\n", differences));
  }

  @Test
  void hasCasesOfEveryExpressionOfTheDefinition() {
    Set<Object> covered = new HashSet<>();
    cases.forEach(each -> covered.add(each.get("of")));
    covered.remove(null); // the cases of the language
    assertEquals(expressions.keySet(), covered);
  }

  private static Object evaluate(Map<?, ?> each) {
    String source =
        each.containsKey("of")
            ? expressions.get((String) each.get("of"))
            : (String) each.get("expression");
    Map<String, Object> states = new LinkedHashMap<>();
    ((Map<?, ?>) each.get("states")).forEach((name, value) -> states.put((String) name, value));
    try {
      return comparable(Expression.read(source, "test").evaluate(new Scope(states)));
    } catch (StateError e) {
      return FAILURE;
    }
  }

  /** Returns a value whose numbers are equal if they are equal in JSON. */
  private static Object comparable(Object value) {
    return switch (value) {
      case null -> null;
      case Number number -> number.doubleValue();
      case List<?> list -> {
        List<Object> items = new ArrayList<>();
        list.forEach(item -> items.add(comparable(item)));
        yield items;
      }
      case Map<?, ?> map -> {
        Map<Object, Object> fields = new LinkedHashMap<>();
        map.forEach((name, field) -> fields.put(name, comparable(field)));
        yield fields;
      }
      default -> value;
    };
  }
}
