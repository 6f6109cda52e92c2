package arena.benchmark;

import arena.local.log.LogFile;
import arena.local.log.ProcessOutput;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * What {@code ./arena bench} runs: every measurement, over a stack of its own that leaves nothing
 * behind, and a report. A new measurement is a class of its own, and a line in {@link
 * #MEASUREMENTS}.
 */
public final class Bench {
  private static final System.Logger LOG = System.getLogger(Bench.class.getName());
  private static final List<Measurement> MEASUREMENTS =
      List.of(
          new PublishRate(),
          new TurnTime(),
          new ViewerLatency(),
          new FanOutRate(),
          new BrokerLoss(),
          new ArchiveSize(),
          new SimulatorRate());

  private Bench() {}

  /**
   * Measures everything, or what is asked for by how its title begins. The exit status is 0 if all
   * of it could be measured, whatever came of it.
   */
  public static void main(String[] arguments) {
    PrintStream console = ProcessOutput.console();
    ProcessOutput.install();
    List<Measurement> wanted =
        MEASUREMENTS.stream()
            .filter(
                measurement ->
                    arguments.length == 0
                        || Stream.of(arguments).anyMatch(measurement.title()::startsWith))
            .toList();
    if (wanted.isEmpty()) {
      console.println("arena: no title begins so; there are:");
      MEASUREMENTS.forEach(measurement -> console.println("  " + measurement.title()));
      System.exit(2);
    }
    System.exit(run(console, wanted));
  }

  private static int run(PrintStream console, List<Measurement> measurements) {
    long begun = System.nanoTime();
    console.println("a stack of its own, on free ports:");
    List<Row> rows = new ArrayList<>();
    List<String> faults = new ArrayList<>();
    Path log = Path.of(System.getProperty("java.io.tmpdir"), "arena-bench.log");
    LogFile rest = new LogFile(log);
    ProcessOutput.everythingElseTo(rest);
    try (rest;
        MeasuredStack stack = MeasuredStack.start(line -> console.println("  " + line))) {
      for (Measurement measurement : measurements) {
        console.println(measurement.title());
        try {
          rows.addAll(measurement.measure(stack));
        } catch (RuntimeException e) {
          // One that fails does not keep the others from being known.
          LOG.log(System.Logger.Level.ERROR, "not measured: " + measurement.title(), e);
          faults.add("%s: %s (more in %s)".formatted(measurement.title(), e.getMessage(), log));
        }
      }
    } catch (RuntimeException e) {
      faults.add("there is no stack: " + e.getMessage());
    }
    if (!rows.isEmpty()) {
      console.println();
      new Report(rows).print(console);
    }
    faults.forEach(fault -> console.println("arena: not measured: " + fault));
    Duration taken = Duration.ofNanos(System.nanoTime() - begun);
    console.printf(Locale.ROOT, "measured in %d s%n", taken.toSeconds());
    return faults.isEmpty() ? 0 : 1;
  }
}
