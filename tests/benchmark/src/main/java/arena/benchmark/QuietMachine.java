package arena.benchmark;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;

/** Waits until what the last measurement left behind, such as runs that end, does not count. */
final class QuietMachine {
  /** Share of all processors in use, of 1. */
  private static final double QUIET = 0.15;

  /** On a machine that stays busy, a measurement is made all the same. */
  private static final Duration LIMIT = Duration.ofSeconds(5);

  private static final OperatingSystemMXBean SYSTEM =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

  private QuietMachine() {}

  /** Waits at most 5 s until the machine was nearly idle for a moment. */
  static void await() {
    long deadline = System.nanoTime() + LIMIT.toNanos();
    SYSTEM.getCpuLoad(); // each call returns the load since the one before
    do {
      MeasuredStack.pause();
    } while (SYSTEM.getCpuLoad() > QUIET && System.nanoTime() < deadline);
  }
}
