package arena.local.clock;

import java.time.Duration;
import java.time.Instant;

/**
 * The clock of the services that the local stack stands in for: schedules, expiry, quotas, retries.
 * Functions use the system clock.
 */
public interface StackClock {
  /** Returns the current time. */
  Instant now();

  /**
   * Runs a task once after a delay; immediately if the delay is zero or negative.
   *
   * @return a timer that can be cancelled
   */
  Timer after(Duration delay, Runnable task);

  /** A scheduled task. */
  interface Timer {
    /** Cancels the task; has no effect once it has started. */
    void cancel();
  }
}
