package arena.local.clock;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** The system clock. */
public final class SystemStackClock implements StackClock, AutoCloseable {
  private final ScheduledThreadPoolExecutor timer;

  /** Creates a clock with a timer thread, which ends when the clock is closed. */
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
  public Timer after(Duration delay, Runnable task) {
    if (timer.isShutdown()) {
      return () -> {};
    }
    // Tasks run on their own threads: a slow one must not delay the others.
    ScheduledFuture<?> scheduled =
        timer.schedule(
            () -> Thread.ofVirtual().name("stack-timer").start(task),
            Math.max(0, delay.toMillis()),
            TimeUnit.MILLISECONDS);
    return () -> scheduled.cancel(false);
  }

  /** Cancels all timers. */
  @Override
  public void close() {
    timer.shutdownNow();
  }
}
