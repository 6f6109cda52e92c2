package arena.faults;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A point where a call blocks until the test releases it. */
final class HoldPoint {
  /** Longest wait for a hold point; a process may have to start first, on a busy machine. */
  static final Duration TIMEOUT = Duration.ofSeconds(100);

  private static final Duration MAX_HOLD = Duration.ofMinutes(3);

  private final CountDownLatch reached = new CountDownLatch(1);
  private final CountDownLatch release = new CountDownLatch(1);

  /** Marks the point as reached and blocks until {@link #release}. */
  void hold() {
    reached.countDown();
    await(release, MAX_HOLD, "hold point not released");
  }

  /** Waits until the point is reached. */
  void awaitReached(Duration bound) {
    await(reached, bound, "hold point not reached");
  }

  void release() {
    release.countDown();
  }

  private static void await(CountDownLatch latch, Duration bound, String otherwise) {
    try {
      if (!latch.await(bound.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new AssertionError(otherwise + " within " + bound);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }
}
