package arena.retry;

import java.time.Duration;

/** Waits: on the machine's clock, or on a simulation's. */
@FunctionalInterface
public interface Sleeper {
  /** Waits this long. */
  void sleep(Duration time) throws InterruptedException;
}
