package arena.simulation;

import arena.simulation.scheduler.Scheduler;
import arena.simulation.scheduler.SimulatedProcess;
import arena.simulation.stores.Call;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * The trace of a simulation: its steps as lines of text, and a checksum to compare two simulations.
 */
public final class Trace {
  private final Scheduler scheduler;
  private final Consumer<String> lines;
  private long checksum = 17;

  /**
   * Creates an empty trace.
   *
   * @param lines receives each line; null to keep only the checksum
   */
  Trace(Scheduler scheduler, Consumer<String> lines) {
    this.scheduler = scheduler;
    this.lines = lines;
  }

  /** Records a call of the product and its fault, or the empty string. */
  public void call(SimulatedProcess process, Call call, String about, String fault) {
    checksum =
        31 * (31 * (31 * checksum + scheduler.now()) + call.label().hashCode()) + fault.length();
    if (lines != null) {
      line(process.name(), call.label() + " " + about + (fault.isEmpty() ? "" : "  <<< " + fault));
    }
  }

  /** Records any other event. */
  public void note(String process, String text) {
    checksum = 31 * (31 * checksum + scheduler.now()) + text.length();
    if (lines != null) {
      line(process, text);
    }
  }

  private void line(String process, String text) {
    long micros = scheduler.now();
    lines.accept(
        String.format(
            Locale.ROOT,
            "%7d.%06d  %-24s %s",
            micros / 1_000_000,
            micros % 1_000_000,
            process,
            text));
  }

  /** Checksum of everything recorded so far. */
  public long checksum() {
    return checksum;
  }
}
