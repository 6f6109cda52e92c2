package arena.simulation;

import arena.simulation.cloud.Definitions;
import arena.simulation.faults.Coverage;
import arena.simulation.faults.FaultPoint;
import arena.simulation.invariants.InvariantViolation;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;

/** Runs the simulation for a range of seeds: {@code ./arena simulate}. */
public final class Main {
  /** With at least this many seeds every fault point must be hit. */
  private static final long SEEDS_FOR_COVERAGE = 20_000;

  private static final long PROGRESS_MILLIS = 2_000;
  private static final int TRACE_LINES = 400;

  private Main() {}

  public static void main(String[] arguments) {
    long seeds = SEEDS_FOR_COVERAGE;
    long from = 1;
    boolean single = false;
    for (int i = 0; i < arguments.length; i += 2) {
      long value = i + 1 < arguments.length ? number(arguments[i + 1]) : -1;
      switch (value < 1 ? "" : arguments[i]) {
        case "--seeds" -> seeds = value;
        case "--from" -> from = value;
        case "--seed" -> {
          from = value;
          seeds = 1;
          single = true;
        }
        default -> {
          System.err.println(
              "usage: ./arena simulate [--seeds N] [--from S] | --seed S (numbers from 1)");
          System.exit(2);
        }
      }
    }
    Definitions definitions = Definitions.read(Path.of(""));
    System.exit(single ? replay(definitions, from) : simulate(definitions, from, seeds));
  }

  /** Parses a number; returns -1 if {@code text} is not one. */
  private static long number(String text) {
    return text.matches("\\d{1,18}") ? Long.parseLong(text) : -1;
  }

  private static int replay(Definitions definitions, long seed) {
    try {
      Simulation.Result result = new Simulation(definitions, seed, System.out::println).run();
      System.out.printf(
          Locale.ROOT, "seed %d: all invariants hold, %d steps%n", seed, result.steps());
      return 0;
    } catch (Throwable e) {
      report(seed, e);
      return 1;
    }
  }

  private static int simulate(Definitions definitions, long from, long seeds) {
    Coverage coverage = new Coverage();
    long steps = 0;
    long startedAt = System.nanoTime();
    long lastProgress = startedAt;
    for (long seed = from; seed < from + seeds; seed++) {
      try {
        Simulation.Result result = new Simulation(definitions, seed, null).run();
        steps += result.steps();
        coverage.add(result.coverage());
      } catch (Throwable e) {
        printTrace(definitions, seed);
        report(seed, e);
        return 1;
      }
      long now = System.nanoTime();
      if (now - lastProgress > PROGRESS_MILLIS * 1_000_000) {
        lastProgress = now;
        printProgress(seed - from + 1, steps, now - startedAt, coverage);
      }
    }
    printProgress(seeds, steps, System.nanoTime() - startedAt, coverage);
    List<FaultPoint> missed = coverage.missed();
    if (!missed.isEmpty()) {
      System.out.println("fault points not hit:");
      missed.forEach(point -> System.out.println("  " + point.name()));
    }
    return missed.isEmpty() || seeds < SEEDS_FOR_COVERAGE ? 0 : 1;
  }

  private static void printProgress(long seeds, long steps, long nanos, Coverage coverage) {
    double seconds = nanos / 1e9;
    System.out.printf(
        Locale.ROOT,
        "%7d seeds %10d steps  %6.0f steps/s %5.0f seeds/s  %d faults, %d of %d fault points hit%n",
        seeds,
        steps,
        steps / seconds,
        seeds / seconds,
        coverage.faults(),
        coverage.points() - coverage.missed().size(),
        coverage.points());
  }

  /** Repeats a failed seed and prints its last steps. */
  private static void printTrace(Definitions definitions, long seed) {
    Deque<String> last = new ArrayDeque<>();
    try {
      new Simulation(
              definitions,
              seed,
              line -> {
                if (last.size() == TRACE_LINES) {
                  last.poll();
                }
                last.add(line);
              })
          .run();
    } catch (Throwable e) {
      // reported by the caller
    }
    last.forEach(System.out::println);
  }

  private static void report(long seed, Throwable e) {
    System.out.printf(Locale.ROOT, "%nseed %d%n", seed);
    if (e instanceof InvariantViolation violation) {
      System.out.println("invariant: " + violation.invariant().description());
      System.out.println("violation: " + violation.getMessage());
      if (violation.getCause() != null) {
        violation.getCause().printStackTrace(System.out);
      }
    } else {
      e.printStackTrace(System.out);
    }
    System.out.printf(Locale.ROOT, "repeat:    ./arena simulate --seed %d%n", seed);
  }
}
