package arena.local.clock;

import java.time.Duration;
import java.time.Instant;

/**
 * The time that the stand-ins for AWS live by: schedules, expiry, quotas, retries. Functions have
 * the machine's own time, as in AWS.
 */
public interface StackClock {
  /** The present. */
  Instant now();

  /**
   * Runs a task once, when {@code delay} has passed; at once if the delay is zero or negative.
   *
   * @return the way to call it off
   */
  Alarm after(Duration delay, Runnable task);

  /** A task that waits for its time. */
  interface Alarm {
    /** The task no longer runs; without effect once it has begun. */
    void cancel();
  }
}
