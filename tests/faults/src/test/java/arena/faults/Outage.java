package arena.faults;

import java.time.Duration;

/** How long something is away. */
final class Outage {
  private Outage() {}

  /** Lets the fault last for this long: it is a time, there is nothing to wait for. */
  static void lasts(Duration time) {
    try {
      Thread.sleep(time);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }
}
