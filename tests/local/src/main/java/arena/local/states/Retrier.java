package arena.local.states;

import java.time.Duration;
import java.util.List;

/**
 * When and how often a failed task is tried again.
 *
 * @param errors names of errors it is for
 * @param interval before the first further attempt
 * @param maxAttempts further attempts; 0 for none
 * @param backoffRate what the interval is multiplied by each time; at least 1
 * @param maxDelay longest interval
 * @param jitter whether the interval is only the most, and the true delay random
 */
record Retrier(
    List<String> errors,
    Duration interval,
    int maxAttempts,
    double backoffRate,
    Duration maxDelay,
    boolean jitter) {

  /**
   * How long to wait.
   *
   * @param attempts further attempts that this retrier has already given this state
   * @param random from 0 to 1, used if there is jitter
   */
  Duration delay(int attempts, double random) {
    double millis = (double) interval.toMillis() * Math.pow(backoffRate, attempts);
    double bounded = Math.min(millis, (double) maxDelay.toMillis());
    return Duration.ofMillis(Math.round(jitter ? bounded * random : bounded));
  }

  /**
   * Whether one of the names is for this error. {@code States.ALL} is not for errors that nothing
   * mends.
   */
  static boolean matches(List<String> names, String error) {
    boolean terminal = error.equals(StateError.RUNTIME) || error.equals(StateError.DATA_LIMIT);
    for (String name : names) {
      boolean match =
          switch (name) {
            case "States.ALL" -> !terminal;
            case "States.TaskFailed" -> !terminal && !error.equals(StateError.TIMEOUT);
            default -> name.equals(error) && !error.equals(StateError.RUNTIME);
          };
      if (match) {
        return true;
      }
    }
    return false;
  }
}
