package arena.local.clock;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.PriorityQueue;

/** A clock that stands still until a test moves it. */
public final class ManualClock implements StackClock {
  private static final int MAX_ALARMS_AN_ADVANCE = 1_000_000;

  private record Waiting(Instant at, long number, Runnable task) {}

  private final PriorityQueue<Waiting> alarms =
      new PriorityQueue<>(Comparator.comparing(Waiting::at).thenComparingLong(Waiting::number));
  private Instant now;
  private long numbers;

  /** A clock that shows {@code start}. */
  public ManualClock(Instant start) {
    now = start;
  }

  @Override
  public synchronized Instant now() {
    return now;
  }

  @Override
  public Alarm after(Duration delay, Runnable task) {
    Waiting waiting;
    synchronized (this) {
      Instant at = delay.isNegative() ? now : now.plus(delay);
      waiting = new Waiting(at, numbers++, task);
      alarms.add(waiting);
    }
    return () -> {
      synchronized (this) {
        alarms.remove(waiting);
      }
    };
  }

  /** How many tasks wait for their time. */
  public synchronized int alarms() {
    return alarms.size();
  }

  /**
   * Moves time forward, and runs on the caller's thread, in the order of their times, the tasks
   * that fall due, each at its own time.
   *
   * @throws IllegalArgumentException if {@code by} is negative
   * @throws IllegalStateException if more than a million tasks fall due
   */
  public void advance(Duration by) {
    if (by.isNegative()) {
      throw new IllegalArgumentException("time does not go back: " + by);
    }
    Instant end = now().plus(by);
    for (int run = 0; run < MAX_ALARMS_AN_ADVANCE; run++) {
      Waiting due;
      synchronized (this) {
        due = alarms.peek();
        if (due == null || due.at().isAfter(end)) {
          now = end;
          return;
        }
        alarms.remove(due);
        if (due.at().isAfter(now)) {
          now = due.at();
        }
      }
      due.task().run();
    }
    throw new IllegalStateException(
        "more than " + MAX_ALARMS_AN_ADVANCE + " tasks fell due in one advance of the clock");
  }
}
