package arena.local.clock;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** The machine's own time. */
public final class SystemStackClock implements StackClock, AutoCloseable {
  private final ScheduledThreadPoolExecutor timer;

  /** A clock with a timer thread of its own, until it is closed. */
  public SystemStackClock() {
    timer =
        new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("stack-clock").factory());
    timer.setRemoveOnCancelPolicy(true);
    timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
  }

  @Override
  public Instant now() {
    return Instant.now();
  }

  @Override
  public Alarm after(Duration delay, Runnable task) {
    if (timer.isShutdown()) {
      return () -> {};
    }
    // The timer only wakes: a task that takes long must not hold up the others.
    ScheduledFuture<?> waiting =
        timer.schedule(
            () -> Thread.ofVirtual().name("stack-alarm").start(task),
            Math.max(0, delay.toMillis()),
            TimeUnit.MILLISECONDS);
    return () -> waiting.cancel(false);
  }

  /** Calls off what still waits. */
  @Override
  public void close() {
    timer.shutdownNow();
  }
}
