package arena.simulation.scheduler;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/** A queue of items for one process, in order of arrival. */
public final class Mailbox<T> {
  private final Scheduler scheduler;
  private final Deque<T> items = new ArrayDeque<>();
  private SimulatedProcess reader;

  public Mailbox(Scheduler scheduler) {
    this.scheduler = scheduler;
  }

  /** Adds an item and wakes the waiting process. */
  public void put(T item) {
    items.add(item);
    if (reader != null) {
      scheduler.wake(reader);
    }
  }

  /** Removes the first item; waits for one at most {@code atMost} microseconds. */
  public Optional<T> take(long atMost) {
    long until =
        atMost > Long.MAX_VALUE - scheduler.now() ? Long.MAX_VALUE : scheduler.now() + atMost;
    reader = scheduler.current();
    while (items.isEmpty() && scheduler.now() < until) {
      scheduler.pause(until - scheduler.now());
    }
    reader = null;
    return Optional.ofNullable(items.poll());
  }

  /** Number of items. */
  public int size() {
    return items.size();
  }

  /** Removes all items. */
  public void clear() {
    items.clear();
  }
}
