package arena.simulation.stores;

import arena.stream.TaskRunner;
import java.time.Duration;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

/** Runs each task when it is started, so that a test has a fixed order. */
public enum InlineTaskRunner implements TaskRunner {
  INSTANCE;

  @Override
  public void pause(Duration time) {
    throw new UnsupportedOperationException("not used");
  }

  @Override
  public Lock lock() {
    return new ReentrantLock();
  }

  @Override
  public TaskGroup newGroup() {
    return new TaskGroup() {
      @Override
      public boolean start(String name, Runnable work) {
        work.run();
        return true;
      }

      @Override
      public void awaitOne(Duration atMost) {}

      @Override
      public boolean isIdle() {
        return true;
      }

      @Override
      public int running() {
        return 0;
      }

      @Override
      public void interrupt() {}

      @Override
      public void close() {}
    };
  }
}
