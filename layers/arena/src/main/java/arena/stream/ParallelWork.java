package arena.stream;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** Works on the items of a list with several tasks at a time. */
public final class ParallelWork {
  private ParallelWork() {}

  /**
   * Works on the items, started in their order, and waits until all started ones are done.
   *
   * @param limit maximum number of items at a time
   * @param mayContinue whether another item may be started
   * @param work must handle its exceptions
   * @return the number of items that were not started
   */
  public static <T> int forEach(
      TaskRunner tasks, int limit, List<T> items, BooleanSupplier mayContinue, Consumer<T> work) {
    AtomicInteger next = new AtomicInteger();
    AtomicInteger started = new AtomicInteger();
    try (TaskRunner.TaskGroup group = tasks.newGroup()) {
      for (int i = 0; i < Math.min(limit, items.size()); i++) {
        group.start(
            "worker-" + i,
            () -> {
              while (mayContinue.getAsBoolean()) {
                int item = next.getAndIncrement();
                if (item >= items.size()) {
                  return;
                }
                started.incrementAndGet();
                work.accept(items.get(item));
              }
            });
      }
    }
    return items.size() - started.get();
  }
}
