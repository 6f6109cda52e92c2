package arena.benchmark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import redis.clients.jedis.Jedis;

/**
 * Measures the time of a turn while Redis does not answer, compared with the same while it does.
 * The mean of all turns of a run, because few turns wait for Redis.
 */
final class OutageTurnTime implements Measurement {
  private static final double LIMIT = 1.5;
  private static final int TURNS = 200;
  private static final Rounds ROUNDS = new Rounds(1, 3, Duration.ofSeconds(40));
  private static final Duration END_BOUND = Duration.ofSeconds(60);

  @Override
  public String title() {
    return String.format(
        Locale.ROOT, "a turn without the broker, %d rounds of %d turns", ROUNDS.wanted(), TURNS);
  }

  @Override
  public List<Row> measure(MeasuredStack stack) {
    List<Double> without = new ArrayList<>();
    List<Double> ratios = new ArrayList<>();
    ROUNDS.each(
        round -> {
          double with = turn(stack);
          long redis = processOfRedis(stack);
          double down;
          signal("STOP", redis);
          try {
            down = turn(stack);
          } finally {
            signal("CONT", redis);
          }
          if (round < 1) {
            return; // warm-up
          }
          stack.progress(
              String.format(
                  Locale.ROOT, "round %d: %.1f ms a turn, %.1f ms with Redis", round, down, with));
          without.add(down);
          ratios.add(down / with);
        });
    return List.of(
        Row.atMost(
            "a turn while Redis hangs", Sample.median(ratios), "times one while it works", LIMIT),
        Row.amount(
            "a turn while Redis hangs, mean", Sample.median(without), "ms", "scripted agent"));
  }

  /** Mean time of a turn of a new run, in milliseconds. */
  private static double turn(MeasuredStack stack) {
    String runId = stack.client().startRun(String.format(Locale.ROOT, "{\"n_turns\":%d}", TURNS));
    stack.client().pollEnd(runId, END_BOUND);
    return TurnTime.turns(stack, runId).stream()
        .mapToDouble(Double::doubleValue)
        .average()
        .orElseThrow();
  }

  private static long processOfRedis(MeasuredStack stack) {
    try (Jedis redis = stack.redis()) {
      return redis
          .info("server")
          .lines()
          .filter(line -> line.startsWith("process_id:"))
          .mapToLong(line -> Long.parseLong(line.substring("process_id:".length()).strip()))
          .findFirst()
          .orElseThrow();
    }
  }

  private static void signal(String signal, long process) {
    try {
      int status =
          new ProcessBuilder("sh", "-c", "kill -" + signal + " " + process)
              .inheritIO()
              .start()
              .waitFor();
      if (status != 0) {
        throw new IllegalStateException("kill -" + signal + " failed");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }
}
