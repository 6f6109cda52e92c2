package arena.stream;

import java.time.Duration;
import java.util.concurrent.locks.Lock;

/** Runs concurrent tasks and pauses. The simulator replaces it to control scheduling and time. */
public interface TaskRunner {
  /** Pauses the current task. */
  void pause(Duration time) throws InterruptedException;

  /** Creates a mutual exclusion lock that may be held during store calls. */
  Lock lock();

  /** Creates an empty group. */
  TaskGroup newGroup();

  /** Concurrent named tasks. Used by a single thread. */
  interface TaskGroup extends AutoCloseable {
    /**
     * Starts a task, unless the task of this name may still be running.
     *
     * @return whether it was started
     */
    boolean start(String name, Runnable work);

    /** Waits until a task ends, at most this long. Ended tasks can be started again. */
    void awaitOne(Duration atMost) throws InterruptedException;

    /** The number of tasks that are not known to have ended. */
    int running();

    /** Whether all tasks are known to have ended. */
    default boolean isIdle() {
      return running() == 0;
    }

    /**
     * Interrupts the running tasks: their pauses end early, with an {@link InterruptedException}.
     * No further task can be started.
     */
    void interrupt();

    /** Waits until all tasks have ended. */
    @Override
    void close();
  }
}
