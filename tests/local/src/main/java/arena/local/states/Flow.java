package arena.local.states;

import java.util.Map;

/**
 * States that follow each other: those of a state machine, or of a Map's iterations.
 *
 * @param startAt the name of the first state
 * @param states the states by name
 */
record Flow(String startAt, Map<String, State> states) {

  /** Returns a state by its name, which the validation has resolved. */
  State state(String name) {
    State state = states.get(name);
    if (state == null) {
      throw new IllegalStateException("there is no state " + name);
    }
    return state;
  }
}
