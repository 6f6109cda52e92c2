package arena.retry;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.UnaryOperator;

/**
 * How often an operation is attempted, and how long to wait between attempts: a wait doubles after
 * each failure, up to a limit.
 *
 * @param maxAttempts in all, at least 1
 * @param firstWait after the first failed attempt, before jitter
 * @param longestWait limit of a wait, before jitter
 * @param jitter from the computed wait to the actual one
 */
public record RetryPolicy(
    int maxAttempts, Duration firstWait, Duration longestWait, UnaryOperator<Duration> jitter) {

  /** Requires at least one attempt. */
  public RetryPolicy {
    if (maxAttempts < 1 || firstWait.isNegative()) {
      throw new IllegalArgumentException("a retry policy has attempts and waits of 0 or more");
    }
  }

  /** A policy without jitter or limit of a wait. */
  public static RetryPolicy doubling(int maxAttempts, Duration firstWait) {
    return new RetryPolicy(
        maxAttempts,
        firstWait,
        firstWait.multipliedBy(1L << maxAttempts),
        UnaryOperator.identity());
  }

  /**
   * A policy whose waits are random, from 0 to the computed one ("full jitter"): writers that
   * conflicted once would conflict again if they waited alike.
   */
  public static RetryPolicy withFullJitter(
      int maxAttempts, Duration firstWait, Duration longestWait) {
    return new RetryPolicy(
        maxAttempts,
        firstWait,
        longestWait,
        wait -> Duration.ofMillis(ThreadLocalRandom.current().nextLong(wait.toMillis() + 1)));
  }

  /** Starts to count the attempts at one operation. */
  public Attempts start(Sleeper sleeper) {
    return new Attempts(sleeper);
  }

  /** The attempts at one operation. For use by one thread. */
  public final class Attempts {
    private final Sleeper sleeper;
    private int failed;

    private Attempts(Sleeper sleeper) {
      this.sleeper = sleeper;
    }

    /**
     * Counts a failed attempt and waits before the next one.
     *
     * @return false, without a wait, if no attempt remains
     */
    public boolean waitForNext() throws InterruptedException {
      failed++;
      if (failed >= maxAttempts) {
        return false;
      }
      Duration wait = firstWait.multipliedBy(1L << (failed - 1));
      sleeper.sleep(jitter.apply(wait.compareTo(longestWait) > 0 ? longestWait : wait));
      return true;
    }
  }
}
