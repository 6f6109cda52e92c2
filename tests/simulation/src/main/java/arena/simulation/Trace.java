package arena.simulation;

import arena.simulation.scheduler.Scheduler;
import arena.simulation.scheduler.SimulatedProcess;
import arena.simulation.stores.Call;
import java.util.Locale;
import java.util.function.Consumer;

/** The steps of a simulation, as lines; and their sum, by which two can be told apart. */
public final class Trace {
  private final Scheduler scheduler;
  private final Consumer<String> lines;
  private long sum = 17;

  /**
   * A trace of this.
   *
   * @param lines who gets them; null if nobody wants them
   */
  Trace(Scheduler scheduler, Consumer<String> lines) {
    this.scheduler = scheduler;
    this.lines = lines;
  }

  /** A call of the product, and what went wrong with it. */
  public void call(SimulatedProcess who, Call call, String about, String fault) {
    sum = 31 * (31 * (31 * sum + scheduler.now()) + call.label().hashCode()) + fault.length();
    if (lines != null) {
      line(who.name(), call.label() + " " + about + (fault.isEmpty() ? "" : "  <<< " + fault));
    }
  }

  /** Something else that happened. */
  public void note(String who, String what) {
    sum = 31 * (31 * sum + scheduler.now()) + what.length();
    if (lines != null) {
      line(who, what);
    }
  }

  private void line(String who, String what) {
    long micros = scheduler.now();
    lines.accept(
        String.format(
            Locale.ROOT, "%7d.%06d  %-24s %s", micros / 1_000_000, micros % 1_000_000, who, what));
  }

  /** The sum of all that happened so far. */
  public long sum() {
    return sum;
  }
}
