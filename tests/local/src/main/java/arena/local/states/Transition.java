package arena.local.states;

import java.util.Optional;

/**
 * The exit of a state.
 *
 * @param output the state's output, if the definition has an {@code Output}
 * @param next the name of the next state, or nothing if the execution ends
 */
record Transition(Optional<JsonTemplate> output, Optional<String> next) {
  /** The end of the execution, with the state's input as output. */
  static final Transition END = new Transition(Optional.empty(), Optional.empty());

  /** A transition that passes the state's input or result on. */
  static Transition to(String next) {
    return new Transition(Optional.empty(), Optional.of(next));
  }
}
