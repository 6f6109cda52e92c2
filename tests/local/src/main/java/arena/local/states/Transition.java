package arena.local.states;

import java.util.Map;
import java.util.Optional;

/**
 * How a state is left.
 *
 * @param output what the next state gets, if the definition says
 * @param assign variables to set
 * @param next the next state, or none if the execution ends here
 */
record Transition(Optional<Template> output, Map<String, Template> assign, Optional<String> next) {}
