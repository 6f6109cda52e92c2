package arena.local.states;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * A definition, read and checked.
 *
 * @param startAt the first state
 * @param timeout how long an execution may take
 * @param states by name
 * @param json the definition as JSON
 */
record Program(String startAt, Optional<Duration> timeout, Map<String, State> states, String json) {

  /** The state of that name, which the check has seen to be there. */
  State state(String name) {
    State state = states.get(name);
    if (state == null) {
      throw new IllegalStateException("there is no state " + name);
    }
    return state;
  }
}
