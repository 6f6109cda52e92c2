package arena.stream;

import java.time.Duration;
import java.util.concurrent.locks.Lock;

/**
 * How work is done side by side here, and how it waits: on threads and by the machine's clock, or
 * in a simulation, which lets one go on at a time and has a clock of its own.
 */
public interface TaskRunner {
  /** Waits this long. */
  void pause(Duration time) throws InterruptedException;

  /** A lock that one worker holds at a time, for as long as a call of a store takes. */
  Lock lock();

  /** A crew without workers. */
  TaskGroup newGroup();

  /** Workers who work side by side. They are hired and asked after by one thread. */
  interface TaskGroup extends AutoCloseable {
    /**
     * Has a worker do this, unless the one of that name is not known to have ended.
     *
     * @return whether it was begun
     */
    boolean start(String name, Runnable work);

    /** Waits until a worker ends, or for this long; whoever has ended may be started again. */
    void awaitOne(Duration atMost) throws InterruptedException;

    /** Whether every worker is known to have ended. */
    boolean isIdle();

    /** Waits until every worker has ended. */
    @Override
    void close();
  }
}
