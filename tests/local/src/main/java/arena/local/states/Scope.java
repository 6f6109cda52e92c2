package arena.local.states;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The variable {@code $states} of an expression.
 *
 * @param states {@code input}, {@code context} with the state's {@code RetryCount}, and {@code
 *     result} or {@code errorOutput} where there is one
 */
record Scope(Map<String, Object> states) {

  /**
   * Returns the scope of a state.
   *
   * @param retries how often the state has been retried
   */
  static Scope of(Object input, int retries) {
    Map<String, Object> states = new LinkedHashMap<>();
    states.put("input", input);
    states.put("context", Map.of("State", Map.of("RetryCount", retries)));
    return new Scope(states);
  }

  /** Returns this scope with {@code $states.result}. */
  Scope withResult(Object result) {
    return with("result", result);
  }

  /** Returns this scope with {@code $states.errorOutput}. */
  Scope withErrorOutput(StateError failure) {
    Map<String, Object> output = new LinkedHashMap<>();
    output.put("Error", failure.error());
    failure.reason().ifPresent(cause -> output.put("Cause", cause));
    return with("errorOutput", output);
  }

  private Scope with(String name, Object value) {
    Map<String, Object> extended = new LinkedHashMap<>(states);
    extended.put(name, value);
    return new Scope(extended);
  }
}
