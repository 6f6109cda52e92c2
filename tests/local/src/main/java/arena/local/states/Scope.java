package arena.local.states;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What an expression sees: {@code $states}, and the variables.
 *
 * @param states {@code input} and {@code context}, and {@code result} or {@code errorOutput} where
 *     there is one
 * @param variables what states before this one assigned
 */
record Scope(Map<String, Object> states, Map<String, Object> variables) {

  static Scope of(Object input, Object context, Map<String, Object> variables) {
    Map<String, Object> states = new LinkedHashMap<>();
    states.put("input", input);
    states.put("context", context);
    return new Scope(states, variables);
  }

  /** This, and {@code $states.result}. */
  Scope withResult(Object result) {
    return with("result", result);
  }

  /** This, and {@code $states.errorOutput}. */
  Scope withErrorOutput(StateError failure) {
    Map<String, Object> output = new LinkedHashMap<>();
    output.put("Error", failure.error());
    failure.reason().ifPresent(cause -> output.put("Cause", cause));
    return with("errorOutput", output);
  }

  private Scope with(String name, Object value) {
    Map<String, Object> more = new LinkedHashMap<>(states);
    more.put(name, value);
    return new Scope(more, variables);
  }
}
