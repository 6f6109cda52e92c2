package arena.dynamo;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/** How often something is tried, and how long to wait in between: longer each time, with jitter. */
final class Backoff {
  /** Most attempts in all. With the waits below, the last one comes within 3 seconds. */
  static final int MAX_ATTEMPTS = 8;

  private static final Duration FIRST_WAIT = Duration.ofMillis(20);
  private static final Duration LONGEST_WAIT = Duration.ofMillis(800);

  private Backoff() {}

  /**
   * Waits after a failed attempt, somewhere between nothing and a bound that doubles: writers that
   * met once would meet again if they waited alike.
   *
   * @param attempt the attempt that failed, from 1
   * @throws InterruptedException if the thread is told to stop
   */
  static void pause(int attempt) throws InterruptedException {
    long bound = Math.min(LONGEST_WAIT.toMillis(), FIRST_WAIT.toMillis() << (attempt - 1));
    Thread.sleep(ThreadLocalRandom.current().nextLong(bound + 1));
  }
}
