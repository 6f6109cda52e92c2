package arena.simulation.cloud;

import java.util.List;

/**
 * A task state of a state machine.
 *
 * @param timeout in microseconds
 */
record TaskState(long timeout, List<Retrier> retriers) {
  private static final long SECOND = 1_000_000;

  /** Index of the retrier for this error; -1 if there is none. */
  int retrierOf(String error) {
    for (int i = 0; i < retriers.size(); i++) {
      List<String> errors = retriers.get(i).errors();
      if (errors.contains(error) || errors.contains("States.ALL")) {
        return i;
      }
    }
    return -1;
  }

  /** A retrier; intervals in seconds. */
  record Retrier(
      List<String> errors, long interval, double backoffRate, long maxDelay, int maxAttempts) {
    /** Delay after this many attempts, in microseconds. */
    long delay(int attempts, double jitter) {
      return (long)
          (Math.min(interval * Math.pow(backoffRate, attempts), (double) maxDelay)
              * SECOND
              * jitter);
    }
  }
}
