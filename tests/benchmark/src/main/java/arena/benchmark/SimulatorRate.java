package arena.benchmark;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Measures the simulation's steps per second, in a separate process started with {@code ./arena
 * simulate}.
 */
final class SimulatorRate implements Measurement {
  private static final int SEEDS = 1_000;
  private static final List<String> COMMAND =
      List.of("./arena", "simulate", "--seeds", String.valueOf(SEEDS));
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Rounds ROUNDS = new Rounds(0, 2, Duration.ofSeconds(30));
  private static final Pattern RATE = Pattern.compile("(\\d+) steps/s");

  @Override
  public String title() {
    return String.format(Locale.ROOT, "simulator, %d rounds of %,d seeds", ROUNDS.wanted(), SEEDS);
  }

  @Override
  public List<Row> measure(MeasuredStack stack) {
    List<Double> rates = new ArrayList<>();
    ROUNDS.each(
        round -> {
          double rate = rate();
          stack.progress(String.format(Locale.ROOT, "round %d: %,.0f steps/s", round, rate));
          rates.add(rate);
        });
    return List.of(
        Row.amount("simulator", Sample.median(rates), "steps/s", "one thread, JIT's first tier"));
  }

  private static double rate() {
    return ExternalProgram.lastNumber(ExternalProgram.output(COMMAND, LIMIT), RATE);
  }
}
