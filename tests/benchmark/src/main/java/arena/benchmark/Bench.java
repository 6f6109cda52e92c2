package arena.benchmark;

import arena.local.Options;
import arena.local.TemporaryFolder;
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
 * Runs every measurement on a temporary stack and prints a report: {@code ./arena bench}.
 *
 * <p>To add a measurement, implement {@link Measurement} and add it to {@link #MEASUREMENTS}.
 */
public final class Bench {
  private static final System.Logger LOG = System.getLogger(Bench.class.getName());
  private static final List<Measurement> MEASUREMENTS =
      Stream.concat(
              Stream.of(
                  new PublishRate(),
                  new TurnTime(),
                  new OutageTurnTime(),
                  new ViewerLatency(),
                  new SlowViewer(),
                  new AccountLimit(),
                  new FanOutRate(),
                  new FanOutLook(),
                  new CatchUp(),
                  new BrokerLoss(),
                  new ArchiveSize(),
                  new FinalizationTime(),
                  new HeldRuns(),
                  new LargestArchive(),
                  new ForkCost(),
                  new ConsoleSpeed(),
                  new ConsoleMemory(),
                  new SimulatorRate(),
                  new ComparisonRate(),
                  new FullComparisons(),
                  new RankingTime(),
                  new SqlSummaries(),
                  new ArtefactSizes()),
              StartTime.ofEachFunction().stream())
          .toList();

  private Bench() {}

  /**
   * Runs all measurements, or those whose title starts with an argument. The exit status is 0 if
   * all of them ran, even if a limit was missed.
   */
  public static void main(String[] arguments) {
    PrintStream console = ProcessOutput.console();
    ProcessOutput.install();
    TemporaryFolder.deleteAtExit();
    List<Measurement> wanted =
        MEASUREMENTS.stream()
            .filter(
                measurement ->
                    arguments.length == 0
                        || Stream.of(arguments).anyMatch(measurement.title()::startsWith))
            .toList();
    if (wanted.isEmpty()) {
      console.println("arena: no such measurement; known titles:");
      MEASUREMENTS.forEach(measurement -> console.println("  " + measurement.title()));
      System.exit(2);
    }
    System.exit(run(console, wanted));
  }

  private static int run(PrintStream console, List<Measurement> measurements) {
    long start = System.nanoTime();
    console.println("starting a temporary stack on free ports:");
    List<Row> rows = new ArrayList<>();
    List<String> faults = new ArrayList<>();
    Path log = Options.home(System.getenv()).resolve("logs/bench.log");
    LogFile rest = new LogFile(log);
    ProcessOutput.redirectOthers(rest);
    try (rest;
        MeasuredStack stack = MeasuredStack.start(line -> console.println("  " + line))) {
      for (Measurement measurement : measurements) {
        console.println(measurement.title());
        try {
          rows.addAll(measurement.measure(stack));
        } catch (RuntimeException e) {
          // A failed measurement does not prevent the others.
          LOG.log(System.Logger.Level.ERROR, "measurement failed: " + measurement.title(), e);
          faults.add("%s: %s (more in %s)".formatted(measurement.title(), e.getMessage(), log));
        }
      }
    } catch (RuntimeException e) {
      faults.add("the stack did not start: " + e.getMessage());
    }
    if (!rows.isEmpty()) {
      console.println();
      new Report(rows).print(console);
    }
    faults.forEach(fault -> console.println("arena: measurement failed: " + fault));
    Duration taken = Duration.ofNanos(System.nanoTime() - start);
    console.printf(Locale.ROOT, "measured in %d s%n", taken.toSeconds());
    return faults.isEmpty() ? 0 : 1;
  }
}
