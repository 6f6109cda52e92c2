package arena.benchmark;

import arena.local.lambda.FunctionDefinition;
import arena.packaged.Answer;
import arena.packaged.FunctionProcess;
import arena.packaged.PackagedFunctions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Supplier;

/**
 * Measures how long a packaged function takes to start under the real runtime interface client:
 * from the start of the process to the first answer, compared with a handler that does nothing;
 * after the restore of a snapshot, the first answer compared with the second; and the peak memory.
 */
final class StartTime implements Measurement {
  private static final double COLD_LIMIT = 6;
  private static final double RESTORE_LIMIT = 4;
  private static final double MEMORY_LIMIT = 0.5;

  /** If a second answer is sooner, as from memory, the first is mostly the runtime's own work. */
  private static final double RUNTIME_MILLIS = 5;

  private static final int ROUNDS = 7;
  private static final int RESTORE_ROUNDS = 3;
  private static final int PARENT_TURNS = 10;
  private static final double MEGABYTE = 1024 * 1024;
  private static final String SAMPLE_RUN = "5eed0000000000000000000000000001";
  private static final String SAMPLE_TURNS = "\\\"n_turns\\\":10";
  private static final String SAMPLE_REPLICAS = "\\\"replicas\\\":5";
  private static final String SAMPLE_COMPARISON = "5eed000000000000000000000000c001";

  /** A comparison of two cells. */
  private static final String RACE =
      """
      {"profiles":[{"name":"a","model":"scripted"},{"name":"b","model":"scripted:idle"}],
      "rounds":1,"n_turns":1}""";

  private static final Duration COMPARISON_LIMIT = Duration.ofMinutes(1);

  /** A function, its sample event, and whether each event needs another run that is open. */
  private record Case(String function, String sample, boolean open) {}

  private static final List<Case> CASES =
      List.of(
          new Case("create-run", "create-run.json", false),
          new Case("create-fork", "create-fork.json", false),
          new Case("replay-turn", "replay-turn.json", true),
          new Case("finalize-run", "finalize-run-failed.json", true),
          new Case("read-runs", "read-runs-events.json", false),
          new Case("stream-events", "stream-events-subscribe.json", false),
          new Case("reap-runs", "reap-runs.json", false),
          new Case("diagnose-run", "diagnose-run-diagnosis.json", false),
          new Case("authorize-caller", "authorize-caller-token.json", false),
          new Case("create-ticket", "create-ticket.json", false),
          new Case("serve-console", "serve-console-page.json", false),
          new Case("create-comparison", "create-comparison-experiment.json", false),
          new Case("play-cell", "play-cell-claim.json", false),
          new Case("read-comparisons", "read-comparisons-races.json", false));

  private final Case sample;

  private StartTime(Case sample) {
    this.sample = sample;
  }

  /** Returns the names of the functions that are measured: all. */
  static List<String> functions() {
    return CASES.stream().map(Case::function).toList();
  }

  /** Returns the measurement of each function. */
  static List<Measurement> ofEachFunction() {
    return CASES.stream().map(sample -> (Measurement) new StartTime(sample)).toList();
  }

  @Override
  public String title() {
    return "start of " + sample.function();
  }

  @Override
  public List<Row> measure(MeasuredStack stack) {
    try {
      return measured(stack);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private List<Row> measured(MeasuredStack stack) throws IOException {
    Path folder = Files.createTempDirectory("packaged-");
    PackagedFunctions packaged = PackagedFunctions.plain(Path.of(""), folder);
    String finished =
        stack.client().startRun(String.format(Locale.ROOT, "{\"n_turns\":%d}", PARENT_TURNS));
    stack.awaitEnd(finished);
    String race =
        sample.function().equals("play-cell")
            ? PlayedComparison.play(stack, "race", RACE, COMPARISON_LIMIT).path("race_id").asText()
            : SAMPLE_COMPARISON;
    FunctionStarts starts = new FunctionStarts(stack, packaged, sample, finished, race);
    FunctionDefinition empty =
        packaged.emptyFunction(
            starts.function.memoryMegabytes(), starts.function.storageMegabytes());
    return starts.rows(empty);
  }

  /** Times in milliseconds. CPU time is comparable also on a busy machine. */
  private record Started(double millis, double cpuMillis, double peakMegabytes) {}

  private static Started coldStart(
      PackagedFunctions packaged,
      FunctionDefinition function,
      Map<String, String> environment,
      Supplier<String> event)
      throws IOException {
    String first = event.get();
    String second = event.get();
    QuietMachine.await();
    long start = System.nanoTime();
    try (FunctionProcess process = packaged.start(function, environment, _ -> {})) {
      check(function, process.invoke(first));
      double millis = (System.nanoTime() - start) / 1e6;
      double cpuMillis = process.cpuTime().toMillis();
      check(function, process.invoke(second));
      return new Started(millis, cpuMillis, megabytes(process.peakBytes()));
    }
  }

  private static double megabytes(OptionalLong bytes) {
    return bytes.orElse(0) / MEGABYTE;
  }

  private static void check(FunctionDefinition function, Answer answer) {
    if (answer.failed()) {
      throw new IllegalStateException(function.name() + " failed: " + answer.payload());
    }
  }

  /** The starts of one function. */
  private static final class FunctionStarts {
    private final MeasuredStack stack;
    private final PackagedFunctions packaged;
    private final Case sample;
    private final FunctionDefinition function;
    private final Map<String, String> environment;
    private final String event;
    private final String finished;

    FunctionStarts(
        MeasuredStack stack,
        PackagedFunctions packaged,
        Case sample,
        String finished,
        String comparison)
        throws IOException {
      this.stack = stack;
      this.packaged = packaged;
      this.sample = sample;
      this.finished = finished;
      function = stack.function(sample.function());
      environment = stack.environment(sample.function());
      // Runs of one turn, whose replay ends before the next measurement.
      event =
          Files.readString(Path.of("events", sample.sample()))
              .replace(SAMPLE_TURNS, "\\\"n_turns\\\":1")
              .replace(SAMPLE_REPLICAS, "\\\"replicas\\\":2")
              .replace(SAMPLE_COMPARISON, comparison);
    }

    private String nextEvent() {
      if (sample.function().equals("create-comparison")) {
        PlayedComparison.awaitAll(stack, "experiment", COMPARISON_LIMIT);
      }
      return event.replace(SAMPLE_RUN, sample.open() ? stack.openRun() : finished);
    }

    List<Row> rows(FunctionDefinition empty) throws IOException {
      List<Double> emptyStarts = new ArrayList<>();
      List<Double> emptyCpu = new ArrayList<>();
      List<Double> cold = new ArrayList<>();
      List<Double> cpu = new ArrayList<>();
      List<Double> peak = new ArrayList<>();
      List<Double> restored = new ArrayList<>();
      List<Double> second = new ArrayList<>();
      for (int round = 0; round <= ROUNDS; round++) {
        // In turn, so that a slow minute of the machine slows both.
        Started without = coldStart(packaged, empty, Map.of(), () -> "{}");
        Started started = coldStart(packaged, function, environment, this::nextEvent);
        if (round == 0) { // reads the files
          continue;
        }
        emptyStarts.add(without.millis());
        emptyCpu.add(without.cpuMillis());
        cold.add(started.millis());
        cpu.add(started.cpuMillis());
        peak.add(started.peakMegabytes());
        if (function.packaging().snapStart() && round <= RESTORE_ROUNDS) {
          restore(restored, second, peak);
        }
      }
      double emptyMillis = Sample.median(emptyStarts);
      String name = sample.function();
      List<Row> rows = new ArrayList<>();
      double coldMillis = Sample.median(cold);
      rows.add(
          Row.atMost(
              "cold start of " + name,
              coldMillis / emptyMillis,
              "times an empty handler's",
              COLD_LIMIT));
      rows.add(
          Row.amount(
              "cold start of " + name,
              coldMillis,
              "ms",
              Row.amount(emptyMillis) + " ms for an empty handler"));
      rows.add(
          Row.ratio(
              "CPU of the cold start of " + name,
              Sample.median(cpu) / Sample.median(emptyCpu),
              "times an empty handler's"));
      if (!restored.isEmpty()) {
        double first = Sample.median(restored);
        double next = Sample.median(second);
        String row = "first answer after a restore of " + name;
        rows.add(
            next < RUNTIME_MILLIS
                ? Row.ratio(row, first / next, "times the second")
                : Row.atMost(row, first / next, "times the second", RESTORE_LIMIT));
        rows.add(
            Row.amount(
                "first answer after a restore of " + name,
                first,
                "ms",
                Row.amount(next) + " ms for the second"));
      }
      double peakMegabytes = new Sample(peak).percentile(100);
      if (peakMegabytes > 0) {
        rows.add(
            Row.atMost(
                "peak memory of " + name,
                peakMegabytes / function.memoryMegabytes(),
                "times its setting",
                MEMORY_LIMIT));
        rows.add(Row.amount("peak memory of " + name, peakMegabytes, "MB", ""));
      }
      return rows;
    }

    private void restore(List<Double> first, List<Double> second, List<Double> peak)
        throws IOException {
      List<String> events = List.of(nextEvent(), nextEvent());
      try (FunctionProcess process = packaged.startForSnapshot(function, environment, _ -> {})) {
        process.awaitCheckpoint();
        process.restore();
        first.add(answerMillis(process, events.getFirst()));
        second.add(answerMillis(process, events.getLast()));
        peak.add(megabytes(process.peakBytes()));
      }
    }

    private double answerMillis(FunctionProcess process, String next) {
      long start = System.nanoTime();
      check(function, process.invoke(next));
      return (System.nanoTime() - start) / 1e6;
    }
  }
}
