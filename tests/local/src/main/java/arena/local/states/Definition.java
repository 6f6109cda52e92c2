package arena.local.states;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * A validated definition.
 *
 * @param startAt the name of the first state
 * @param timeout the timeout of an execution
 * @param states the states by name
 */
record Definition(String startAt, Optional<Duration> timeout, Map<String, State> states) {

  /** Returns a state by its name, which the validation has resolved. */
  State state(String name) {
    State state = states.get(name);
    if (state == null) {
      throw new IllegalStateException("there is no state " + name);
    }
    return state;
  }
}
