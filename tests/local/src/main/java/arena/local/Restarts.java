package arena.local;

import java.time.Duration;
import java.util.Optional;

/**
 * The restarts of one part: a few in a row, with growing delays. A part that then runs for a while
 * has all of them again. Not thread-safe.
 */
final class Restarts {
  /** Most restarts in a row. */
  static final int MAX = 6;

  /** A part that ran this long has recovered. */
  static final Duration RECOVERED = Duration.ofMinutes(1);

  private static final Duration FIRST_DELAY = Duration.ofMillis(100);

  private int inRow;
  private long lastNanos;

  /**
   * Returns the delay before the next restart; empty if there have been {@link #MAX} in a row.
   *
   * @param nowNanos by {@link System#nanoTime}
   */
  Optional<Duration> next(long nowNanos) {
    if (inRow > 0 && nowNanos - lastNanos >= RECOVERED.toNanos()) {
      inRow = 0;
    }
    if (inRow == MAX) {
      return Optional.empty();
    }
    Duration delay = FIRST_DELAY.multipliedBy(1L << inRow);
    inRow++;
    lastNanos = nowNanos + delay.toNanos();
    return Optional.of(delay);
  }
}
