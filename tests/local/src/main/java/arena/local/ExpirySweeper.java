package arena.local;

import arena.local.clock.StackClock;
import arena.local.log.LogFile;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Consumer;

/** Lets expired items go, again and again by the stack's clock. */
final class ExpirySweeper implements AutoCloseable {
  private final StackClock clock;
  private final Duration every;
  private final Consumer<Instant> expire;
  private final LogFile log;
  private StackClock.Alarm alarm;
  private boolean closed;

  ExpirySweeper(StackClock clock, Duration every, Consumer<Instant> expire, LogFile log) {
    this.clock = clock;
    this.every = every;
    this.expire = expire;
    this.log = log;
  }

  synchronized ExpirySweeper start() {
    if (!closed) {
      alarm = clock.after(every, this::sweep);
    }
    return this;
  }

  private void sweep() {
    try {
      expire.accept(clock.now());
    } catch (RuntimeException e) {
      log.line("expired items could not be deleted, the next minute tries again: " + e);
    }
    start();
  }

  @Override
  public synchronized void close() {
    closed = true;
    alarm.cancel();
  }
}
