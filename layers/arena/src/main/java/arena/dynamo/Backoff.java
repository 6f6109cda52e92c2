package arena.dynamo;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/** Exponential backoff with full jitter. */
final class Backoff {
  /** Maximum number of attempts; with the waits below, the last one is made within 3 seconds. */
  static final int MAX_ATTEMPTS = 8;

  private static final Duration INITIAL_WAIT = Duration.ofMillis(20);
  private static final Duration MAX_WAIT = Duration.ofMillis(800);

  private Backoff() {}

  /**
   * Waits after a failed attempt for a random time up to a bound that doubles per attempt.
   *
   * @param attempt the failed attempt, from 1
   */
  static void pause(int attempt) throws InterruptedException {
    long bound = Math.min(MAX_WAIT.toMillis(), INITIAL_WAIT.toMillis() << (attempt - 1));
    Thread.sleep(ThreadLocalRandom.current().nextLong(bound + 1));
  }
}
