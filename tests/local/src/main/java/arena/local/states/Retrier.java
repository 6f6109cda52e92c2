package arena.local.states;

import java.time.Duration;
import java.util.List;

/**
 * The retry policy for some errors of a task.
 *
 * @param errors the errors that it applies to
 * @param interval the delay before the first retry
 * @param maxAttempts most retries; 0 for none
 * @param backoffRate the factor of the delay for each further retry; at least 1
 * @param maxDelay the longest delay
 * @param jitter whether the delay is random, up to the computed one
 */
record Retrier(
    List<String> errors,
    Duration interval,
    int maxAttempts,
    double backoffRate,
    Duration maxDelay,
    boolean jitter) {

  /**
   * Returns the delay before a retry.
   *
   * @param attempts the retries of this state by this retrier so far
   * @param random from 0 to 1, used with jitter
   */
  Duration delay(int attempts, double random) {
    double millis = (double) interval.toMillis() * Math.pow(backoffRate, attempts);
    double bounded = Math.min(millis, (double) maxDelay.toMillis());
    return Duration.ofMillis(Math.round(jitter ? bounded * random : bounded));
  }

  /**
   * Returns whether one of the names matches an error. {@code States.ALL} does not match {@code
   * States.Runtime} and {@code States.DataLimitExceeded}, and {@code States.TaskFailed} matches
   * every error except a timeout, as with AWS.
   */
  static boolean matches(List<String> names, String error) {
    boolean terminal = error.equals(StateError.RUNTIME) || error.equals(StateError.DATA_LIMIT);
    return names.stream()
        .anyMatch(
            name ->
                switch (name) {
                  case "States.ALL" -> !terminal;
                  case StateError.TASK_FAILED -> !terminal && !error.equals(StateError.TIMEOUT);
                  default -> name.equals(error) && !error.equals(StateError.RUNTIME);
                });
  }
}
