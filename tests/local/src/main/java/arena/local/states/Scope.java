package arena.local.states;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The variable {@code $states} of an expression.
 *
 * @param states {@code input}, {@code context} with the state's {@code RetryCount}, the execution's
 *     {@code Input} and, for a selector, the {@code Map.Item}, and {@code result} or {@code
 *     errorOutput} where there is one
 */
record Scope(Map<String, Object> states) {

  /**
   * Returns the scope of a state.
   *
   * @param retries how often the state has been retried
   * @param executionInput the input of the execution
   */
  static Scope of(Object input, int retries, Object executionInput) {
    Map<String, Object> execution = new LinkedHashMap<>();
    execution.put("Input", executionInput);
    Map<String, Object> context = new LinkedHashMap<>();
    context.put("State", Map.of("RetryCount", retries));
    context.put("Execution", execution);
    Map<String, Object> states = new LinkedHashMap<>();
    states.put("input", input);
    states.put("context", context);
    return new Scope(states);
  }

  /** Returns this scope with {@code $states.context.Map.Item}. */
  Scope withItem(int index, Object value) {
    Map<String, Object> item = new LinkedHashMap<>();
    item.put("Index", index);
    item.put("Value", value);
    Map<String, Object> context = new LinkedHashMap<>();
    ((Map<?, ?>) states.get("context")).forEach((name, field) -> context.put((String) name, field));
    context.put("Map", Map.of("Item", item));
    return with("context", context);
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
