package arena.local.clock;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.PriorityQueue;

/** A clock that a test advances. */
public final class ManualClock implements StackClock {
  private static final int MAX_TASKS_PER_ADVANCE = 1_000_000;

  private record Scheduled(Instant at, long number, Runnable task) {}

  private final PriorityQueue<Scheduled> tasks =
      new PriorityQueue<>(Comparator.comparing(Scheduled::at).thenComparingLong(Scheduled::number));
  private Instant now;
  private long nextNumber;

  /** Creates a clock that shows {@code start}. */
  public ManualClock(Instant start) {
    now = start;
  }

  @Override
  public synchronized Instant now() {
    return now;
  }

  @Override
  public Timer after(Duration delay, Runnable task) {
    Scheduled scheduled;
    synchronized (this) {
      Instant at = delay.isNegative() ? now : now.plus(delay);
      scheduled = new Scheduled(at, nextNumber++, task);
      tasks.add(scheduled);
    }
    return () -> {
      synchronized (this) {
        tasks.remove(scheduled);
      }
    };
  }

  /** Returns the number of scheduled tasks. */
  public synchronized int scheduledTasks() {
    return tasks.size();
  }

  /**
   * Advances the clock and runs the tasks that become due, in order and each at its own time, on
   * the caller's thread.
   *
   * @throws IllegalArgumentException if {@code by} is negative
   * @throws IllegalStateException if more than a million tasks become due
   */
  public void advance(Duration by) {
    if (by.isNegative()) {
      throw new IllegalArgumentException("cannot advance by " + by);
    }
    Instant end = now().plus(by);
    for (int run = 0; run < MAX_TASKS_PER_ADVANCE; run++) {
      Scheduled due;
      synchronized (this) {
        due = tasks.peek();
        if (due == null || due.at().isAfter(end)) {
          now = end;
          return;
        }
        tasks.remove(due);
        if (due.at().isAfter(now)) {
          now = due.at();
        }
      }
      due.task().run();
    }
    throw new IllegalStateException(
        "more than " + MAX_TASKS_PER_ADVANCE + " tasks became due in one advance of the clock");
  }
}
