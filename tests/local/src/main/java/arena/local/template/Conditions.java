package arena.local.template;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The conditions of a template, made of {@code Equals}, {@code Not} and {@code And}. Each is
 * evaluated once.
 */
final class Conditions {
  private final String path;
  private final Map<String, Object> declared;
  private final Intrinsics intrinsics;
  private final Map<String, Boolean> evaluated = new HashMap<>();
  private final Set<String> evaluating = new HashSet<>();

  Conditions(String template, Object declared, Intrinsics intrinsics) {
    path = template + ": Conditions";
    this.declared = declared == null ? Map.of() : TemplateValues.map(path, declared);
    this.intrinsics = intrinsics;
  }

  /**
   * Returns the value of a condition.
   *
   * @param from the place that refers to it
   */
  boolean holds(String from, String name) {
    Boolean known = evaluated.get(name);
    if (known != null) {
      return known;
    }
    if (!declared.containsKey(name)) {
      throw new InvalidTemplate(from, "there is no condition " + name);
    }
    if (!evaluating.add(name)) {
      throw new InvalidTemplate(from, "the condition " + name + " depends on itself");
    }
    boolean holds = evaluate(path + "." + name, declared.get(name));
    evaluating.remove(name);
    evaluated.put(name, holds);
    return holds;
  }

  private boolean evaluate(String at, Object raw) {
    String function = Intrinsics.function(raw);
    if (function == null) {
      throw new InvalidTemplate(at, "expected a condition function");
    }
    Object argument = Intrinsics.argument(raw);
    return switch (function) {
      case "Fn::Equals" -> {
        List<?> sides = Intrinsics.arguments(at, function, argument, 2, 2);
        yield side(at, sides.get(0)).equals(side(at, sides.get(1)));
      }
      case "Fn::Not" ->
          !evaluate(at, Intrinsics.arguments(at, function, argument, 1, 1).getFirst());
      case "Fn::And" ->
          Intrinsics.arguments(at, function, argument, 2, 10).stream()
              .allMatch(operand -> evaluate(at, operand));
      default ->
          throw new InvalidTemplate(
              at, "the local stack does not support " + function + " in a condition");
    };
  }

  private String side(String at, Object raw) {
    return TemplateValues.string(at, intrinsics.evaluate(at, raw));
  }
}
