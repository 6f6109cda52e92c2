package arena.local.states;

import java.time.Duration;
import java.util.Optional;

/**
 * A validated definition.
 *
 * @param flow the states of an execution
 * @param timeout the timeout of an execution
 */
record Definition(Flow flow, Optional<Duration> timeout) {}
