package arena.simulation.cloud;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** The definition of a state machine: a file in {@code functions}. */
final class DefinitionFile {
  private static final long SECOND = 1_000_000;
  private static final Pattern CONSTANT = Pattern.compile("\\{%\\s*([0-9]+)\\s*%}");

  private final String name;
  private final Map<?, ?> machine;

  private DefinitionFile(String name, Map<?, ?> machine) {
    this.name = name;
    this.machine = machine;
  }

  /**
   * Reads a definition.
   *
   * @param substitutions replaces the template's variables
   */
  static DefinitionFile read(Path root, String name, UnaryOperator<String> substitutions) {
    try {
      String text = Files.readString(root.resolve("functions").resolve(name));
      return new DefinitionFile(
          name, new Yaml(new SafeConstructor(new LoaderOptions())).load(substitutions.apply(text)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Requires that the machine starts with a state. */
  void requireStart(String state) {
    require("StartAt", machine.get("StartAt"), state);
  }

  /** Time-out of an execution, in microseconds. */
  long timeout() {
    return number(machine, "TimeoutSeconds") * SECOND;
  }

  /** Returns a state by its name; one in a Map state comes after the name of that. */
  Map<?, ?> state(String... path) {
    Map<?, ?> scope = machine;
    Map<?, ?> state = Map.of();
    for (String part : path) {
      state = (Map<?, ?>) ((Map<?, ?>) scope.get("States")).get(part);
      scope = (Map<?, ?>) state.get("ItemProcessor");
    }
    return state;
  }

  /** Requires the name of the next state in a field of a state, its catcher or its choice. */
  void requireNext(Map<?, ?> state, String field, String next) {
    require(field, state.get(field), next);
  }

  private void require(String field, Object found, String expected) {
    if (!expected.equals(found)) {
      throw new IllegalStateException(
          "%s differs from the simulation: %s is %s, expected %s"
              .formatted(name, field, found, expected));
    }
  }

  /** The first catcher of a state. */
  static Map<?, ?> catcher(Map<?, ?> state) {
    return (Map<?, ?>) ((List<?>) state.get("Catch")).getFirst();
  }

  /** A choice of a state, from 0. */
  static Map<?, ?> choice(Map<?, ?> state, int index) {
    return (Map<?, ?>) ((List<?>) state.get("Choices")).get(index);
  }

  TaskState task(Map<?, ?> state) {
    List<TaskState.Retrier> retriers = new ArrayList<>();
    for (Object item : (List<?>) state.get("Retry")) {
      Map<?, ?> retry = (Map<?, ?>) item;
      boolean never = number(retry, "MaxAttempts") == 0;
      retriers.add(
          new TaskState.Retrier(
              ((List<?>) retry.get("ErrorEquals")).stream().map(String.class::cast).toList(),
              never ? 0 : number(retry, "IntervalSeconds"),
              never ? 1 : number(retry, "BackoffRate"),
              never ? 0 : number(retry, "MaxDelaySeconds"),
              (int) number(retry, "MaxAttempts")));
    }
    return new TaskState(number(state, "TimeoutSeconds") * SECOND, List.copyOf(retriers));
  }

  private long number(Map<?, ?> fields, String field) {
    if (fields.get(field) instanceof Number number) {
      return number.longValue();
    }
    if (fields.get(field) instanceof String text) {
      Matcher constant = CONSTANT.matcher(text);
      if (constant.matches()) {
        return Long.parseLong(constant.group(1));
      }
    }
    throw new IllegalStateException(name + ": not a number: " + field);
  }
}
