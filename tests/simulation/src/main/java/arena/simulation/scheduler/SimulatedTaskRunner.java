package arena.simulation.scheduler;

import arena.stream.TaskRunner;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;

/** Work side by side, as processes of the scheduler. */
public final class SimulatedTaskRunner implements TaskRunner {
  private final Scheduler scheduler;

  /** Works on this scheduler. */
  public SimulatedTaskRunner(Scheduler scheduler) {
    this.scheduler = scheduler;
  }

  @Override
  public void pause(Duration time) {
    scheduler.sleep(time.toNanos() / 1_000);
  }

  @Override
  public Lock lock() {
    return new Turns();
  }

  @Override
  public TaskGroup newGroup() {
    return new Workers();
  }

  /** Each who comes waits for those who came before. */
  private final class Turns implements Lock {
    private final Deque<SimulatedProcess> queue = new ArrayDeque<>();

    @Override
    public void lock() {
      SimulatedProcess me = scheduler.current();
      queue.add(me);
      try {
        while (queue.peek() != me) {
          scheduler.pause(Long.MAX_VALUE);
        }
      } catch (ProcessDied e) {
        leave(me);
        throw e;
      }
    }

    @Override
    public void unlock() {
      leave(scheduler.current());
    }

    private void leave(SimulatedProcess me) {
      queue.remove(me);
      if (!queue.isEmpty()) {
        scheduler.wake(queue.peek());
      }
    }

    @Override
    public void lockInterruptibly() {
      lock();
    }

    @Override
    public boolean tryLock() {
      throw new UnsupportedOperationException("nothing here tries a lock");
    }

    @Override
    public boolean tryLock(long time, TimeUnit unit) {
      throw new UnsupportedOperationException("nothing here tries a lock");
    }

    @Override
    public Condition newCondition() {
      throw new UnsupportedOperationException("nothing here waits for a condition");
    }
  }

  private final class Workers implements TaskGroup {
    private final SimulatedProcess hirer = scheduler.current();
    private final Map<String, SimulatedProcess> working = new LinkedHashMap<>();
    private final List<String> ended = new ArrayList<>();

    @Override
    public boolean start(String name, Runnable work) {
      if (working.containsKey(name)) {
        return false;
      }
      working.put(
          name,
          scheduler.start(
              hirer.name() + "/" + name,
              hirer.life(),
              () -> {
                work.run();
                ended.add(name);
                scheduler.wake(hirer);
              }));
      return true;
    }

    @Override
    public void awaitOne(Duration atMost) {
      if (ended.isEmpty()) {
        scheduler.pause(atMost.toNanos() / 1_000);
      }
      ended.forEach(working::remove);
      ended.clear();
    }

    @Override
    public boolean isIdle() {
      return working.isEmpty();
    }

    @Override
    public void close() {
      while (working.values().stream().anyMatch(process -> !process.isOver())) {
        scheduler.pause(20_000);
      }
    }
  }
}
