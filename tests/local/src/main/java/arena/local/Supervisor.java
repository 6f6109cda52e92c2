package arena.local;

import arena.local.backing.BackingFailed;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Restarts backing servers that ended by themselves, with their data and at the same address, as a
 * managed service would. A server that is only slow or stopped is left alone.
 */
final class Supervisor implements AutoCloseable {
  private static final long POLL_MILLIS = 200;

  /**
   * Wait before a server counts as ended: the terminal's Ctrl-C ends Redis at the same time as this
   * process.
   */
  private static final long SETTLE_MILLIS = 200;

  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(40);

  private final Consumer<String> operator;
  private final CountDownLatch closing = new CountDownLatch(1);
  private final List<Thread> threads = new ArrayList<>();
  private final Pause pause;

  /** Waits some milliseconds, or until the latch is open, and returns whether it is. */
  @FunctionalInterface
  interface Pause {
    boolean await(CountDownLatch closing, long millis) throws InterruptedException;
  }

  /**
   * @param operator gets a line when a part ended, is back, or is not restarted any more
   */
  Supervisor(Consumer<String> operator) {
    this(operator, (closing, millis) -> closing.await(millis, TimeUnit.MILLISECONDS));
  }

  /** A test waits less. */
  Supervisor(Consumer<String> operator, Pause pause) {
    this.operator = operator;
    this.pause = pause;
  }

  /** A part of the stack that can end by itself. */
  interface Part {
    /** The name in messages, such as {@code Redis on port 6379}. */
    String name();

    /** Returns false if the part ended by itself. */
    boolean runs();

    /** Describes the end of the part, such as {@code exit code 137}. */
    String end();

    /**
     * Restarts the part unless it runs.
     *
     * @throws BackingFailed if it does not start
     */
    void restart();
  }

  /** Supervises a part until this is closed. */
  synchronized void supervise(Part part) {
    threads.add(
        Thread.ofPlatform()
            .daemon()
            .name("supervisor-" + part.name())
            .start(
                () -> {
                  try {
                    run(part);
                  } catch (InterruptedException e) {
                    // closed
                  }
                }));
  }

  private void run(Part part) throws InterruptedException {
    Restarts restarts = new Restarts();
    boolean given = false;
    while (!closesWithin(POLL_MILLIS)) {
      if (part.runs()) {
        given = false;
        continue;
      }
      if (given || closesWithin(SETTLE_MILLIS) || part.runs()) {
        continue;
      }
      Optional<Duration> delay = restarts.next(System.nanoTime());
      if (delay.isEmpty()) {
        given = true;
        operator.accept(
            String.format(
                Locale.ROOT,
                "%s ended again (%s) after %d restarts in a row and is not restarted any more; find the reason in the"
                    + " logs, then ./arena down and ./arena up",
                part.name(),
                part.end(),
                Restarts.MAX));
      } else {
        operator.accept(part.name() + " ended (" + part.end() + "); restarting it");
        if (!closesWithin(delay.get().toMillis())) {
          restart(part);
        }
      }
    }
  }

  private void restart(Part part) {
    long startNanos = System.nanoTime();
    try {
      part.restart();
      operator.accept(
          String.format(
              Locale.ROOT,
              "%s is back after %.1f s, with its data",
              part.name(),
              (System.nanoTime() - startNanos) / 1e9));
    } catch (BackingFailed e) {
      operator.accept(part.name() + " did not restart: " + e.getMessage());
    }
  }

  private boolean closesWithin(long millis) throws InterruptedException {
    return pause.await(closing, millis);
  }

  /** Ends the supervision; waits for a restart that is in progress. */
  @Override
  public synchronized void close() {
    closing.countDown();
    long deadline = System.nanoTime() + CLOSE_LIMIT.toNanos();
    for (Thread thread : threads) {
      try {
        thread.join(Duration.ofNanos(Math.max(1, deadline - System.nanoTime())));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }
}
