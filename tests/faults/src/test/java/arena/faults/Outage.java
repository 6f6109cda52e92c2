package arena.faults;

import java.time.Duration;

/** The duration of a fault. */
final class Outage {
  private Outage() {}

  /**
   * Sleeps while a fault is active; the duration is part of the test, not a wait for a condition.
   */
  static void last(Duration time) {
    try {
      Thread.sleep(time);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }
}
