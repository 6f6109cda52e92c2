package arena.simulation.scheduler;

import arena.stream.TaskRunner;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;

/** Runs tasks as processes of the scheduler. */
public final class SimulatedTaskRunner implements TaskRunner {
  private final Scheduler scheduler;
  private final Set<SimulatedProcess> interrupted = new HashSet<>();

  public SimulatedTaskRunner(Scheduler scheduler) {
    this.scheduler = scheduler;
  }

  @Override
  public void pause(Duration time) throws InterruptedException {
    long until = scheduler.now() + time.toNanos() / 1_000;
    do {
      if (interrupted.remove(scheduler.current())) {
        throw new InterruptedException();
      }
      scheduler.pause(until - scheduler.now());
    } while (scheduler.now() < until);
  }

  @Override
  public Lock lock() {
    return new FairLock();
  }

  @Override
  public TaskGroup newGroup() {
    return new Workers();
  }

  /** A fair lock. */
  private final class FairLock implements Lock {
    private final Deque<SimulatedProcess> queue = new ArrayDeque<>();

    @Override
    public void lock() {
      SimulatedProcess process = scheduler.current();
      queue.add(process);
      try {
        while (queue.peek() != process) {
          scheduler.pause(Long.MAX_VALUE);
        }
      } catch (ProcessDied e) {
        leave(process);
        throw e;
      }
    }

    @Override
    public void unlock() {
      leave(scheduler.current());
    }

    private void leave(SimulatedProcess process) {
      queue.remove(process);
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
      throw new UnsupportedOperationException("not used");
    }

    @Override
    public boolean tryLock(long time, TimeUnit unit) {
      throw new UnsupportedOperationException("not used");
    }

    @Override
    public Condition newCondition() {
      throw new UnsupportedOperationException("not used");
    }
  }

  private final class Workers implements TaskGroup {
    private final SimulatedProcess owner = scheduler.current();
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
              owner.name() + "/" + name,
              owner.sandbox(),
              () -> {
                work.run();
                ended.add(name);
                scheduler.wake(owner);
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
    public void interrupt() {
      for (SimulatedProcess process : working.values()) {
        if (!process.isOver()) {
          interrupted.add(process);
          scheduler.wake(process);
        }
      }
    }

    @Override
    public int running() {
      return working.size();
    }

    @Override
    public void close() {
      while (working.values().stream().anyMatch(process -> !process.isOver())) {
        scheduler.pause(20_000);
      }
    }
  }
}
