package arena.local;

import arena.local.clock.StackClock;
import arena.local.log.LogFile;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Consumer;

/** Deletes expired items periodically, by the stack's clock. */
final class ExpirySweeper implements AutoCloseable {
  private final StackClock clock;
  private final Duration interval;
  private final Consumer<Instant> expire;
  private final LogFile log;
  private StackClock.Timer timer;
  private boolean closed;

  ExpirySweeper(StackClock clock, Duration interval, Consumer<Instant> expire, LogFile log) {
    this.clock = clock;
    this.interval = interval;
    this.expire = expire;
    this.log = log;
  }

  synchronized ExpirySweeper start() {
    if (!closed) {
      timer = clock.after(interval, this::sweep);
    }
    return this;
  }

  private void sweep() {
    try {
      expire.accept(clock.now());
    } catch (RuntimeException e) {
      log.line("failed to delete expired items, will retry: " + e);
    }
    start();
  }

  @Override
  public synchronized void close() {
    closed = true;
    timer.cancel();
  }
}
