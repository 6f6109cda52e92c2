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
  private static final Path FOLDER = Path.of("../../tests/opinions");

  /**
   * The cases of a definition.
   *
   * @param expressions the expressions of the deployed definition by their paths
   */
  private record Table(String file, Map<String, String> expressions, List<Map<?, ?>> cases) {}

  private static List<Table> tables;

  /** Stands for a failed evaluation, which includes one without a value. */
  private static final Object FAILURE = List.of("failure");

  @BeforeAll
  static void read() throws IOException {
    tables =
        List.of(
            read("expressions.jsonl", ReplayDefinition.text()),
            read("compare-expressions.jsonl", CompareDefinition.text()));
  }

  private static Table read(String file, String text) throws IOException {
    Map<String, String> expressions = new LinkedHashMap<>();
    Map<?, ?> definition = new Yaml(new SafeConstructor(new LoaderOptions())).load(text);
    collect(definition.get("States"), "", expressions);
    List<Map<?, ?>> cases = new ArrayList<>();
    for (String line : Files.readAllLines(FOLDER.resolve(file))) {
      cases.add((Map<?, ?>) Json.read(line));
    }
    return new Table(file, expressions, cases);
  }

  private static void collect(Object value, String path, Map<String, String> expressions) {
    switch (value) {
      case Map<?, ?> map ->
          map.forEach(
              (name, field) ->
                  collect(
                      field, path.isEmpty() ? name.toString() : path + "." + name, expressions));
      case List<?> list -> {
        for (int i = 0; i < list.size(); i++) {
          collect(list.get(i), path + "[" + i + "]", expressions);
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
    for (Table table : tables) {
      for (int i = 0; i < table.cases().size(); i++) {
        Map<?, ?> each = table.cases().get(i);
        Object expected = each.containsKey("fails") ? FAILURE : comparable(each.get("value"));
        Object actual = evaluate(each, table.expressions());
        if (!Objects.equals(expected, actual)) {
          differences.add(
              String.format(
                  Locale.ROOT,
                  "%s, line %d: %s: expected %s, but was %s",
                  table.file(),
                  i + 1,
                  each.containsKey("of") ? each.get("of") : each.get("expression"),
                  expected,
                  actual));
        }
      }
    }
    assertEquals("", String.join("\n", differences));
  }

  @Test
  void hasCasesOfEveryExpressionOfTheDefinitions() {
    for (Table table : tables) {
      Set<Object> covered = new HashSet<>();
      table.cases().forEach(each -> covered.add(each.get("of")));
      covered.remove(null); // the cases of the language
      assertEquals(table.expressions().keySet(), covered, table.file());
    }
  }

  private static Object evaluate(Map<?, ?> each, Map<String, String> expressions) {
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
