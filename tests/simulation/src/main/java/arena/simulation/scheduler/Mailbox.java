package arena.simulation.scheduler;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/** What one process gets from others, in the order in which it comes. */
public final class Mailbox<T> {
  private final Scheduler scheduler;
  private final Deque<T> waiting = new ArrayDeque<>();
  private SimulatedProcess reader;

  /** An empty one. */
  public Mailbox(Scheduler scheduler) {
    this.scheduler = scheduler;
  }

  /** Puts something in, and wakes who waits for it. */
  public void put(T item) {
    waiting.add(item);
    if (reader != null) {
      scheduler.wake(reader);
    }
  }

  /** Takes what came first, or waits for it this long, in microseconds. */
  public Optional<T> take(long atMost) {
    long until =
        atMost > Long.MAX_VALUE - scheduler.now() ? Long.MAX_VALUE : scheduler.now() + atMost;
    reader = scheduler.current();
    while (waiting.isEmpty() && scheduler.now() < until) {
      scheduler.pause(until - scheduler.now());
    }
    reader = null;
    return Optional.ofNullable(waiting.poll());
  }

  /** How much is in it. */
  public int size() {
    return waiting.size();
  }

  /** Throws all away. */
  public void clear() {
    waiting.clear();
  }
}
