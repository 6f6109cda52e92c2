package arena.faults;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Where somebody waits at a known point until a test has done what it wants to do there. */
final class HoldPoint {
  /** Longest wait for a point: a process may have to start first, on a machine that is busy. */
  static final Duration PATIENCE = Duration.ofSeconds(100);

  private static final Duration LONGEST = Duration.ofMinutes(3);

  private final CountDownLatch reached = new CountDownLatch(1);
  private final CountDownLatch letGo = new CountDownLatch(1);

  /** Is at the point, and waits to be let go. */
  void hold() {
    reached.countDown();
    await(letGo, LONGEST, "it is not let go");
  }

  /** Waits until the point is reached. */
  void awaitReached(Duration bound) {
    await(reached, bound, "the point is not reached");
  }

  void letGo() {
    letGo.countDown();
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
