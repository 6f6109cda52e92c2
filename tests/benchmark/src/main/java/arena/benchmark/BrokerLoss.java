package arena.benchmark;

import arena.local.client.ViewerCrowd;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicReference;
import redis.clients.jedis.Jedis;

/**
 * Measures the recovery after Redis loses all data during a run: from Redis accepting connections
 * again until a viewer receives the next event.
 */
final class BrokerLoss implements Measurement {
  private static final int TURNS = 12;
  private static final Rounds ROUNDS = new Rounds(1, 3, Duration.ofSeconds(40));
  private static final Duration THINK_TIME = Duration.ofMillis(150);

  @Override
  public String title() {
    return String.format(Locale.ROOT, "recovery after a broker loss, %d rounds", ROUNDS.wanted());
  }

  @Override
  public List<Row> measure(MeasuredStack stack) {
    List<Double> millis = new ArrayList<>();
    List<Double> restarts = new ArrayList<>();
    try (Viewers audience = new Viewers(stack)) {
      ROUNDS.each(
          round -> {
            AtomicReference<Loss> loss = new AtomicReference<>();
            Viewers.Watched watched =
                audience.watch(1, TURNS, THINK_TIME, () -> loss.set(lose(stack)));
            Instant back = loss.get().back();
            Instant heard =
                watched.outcome().arrivals().stream()
                    .map(ViewerCrowd.Arrival::at)
                    .filter(back::isBefore)
                    .findFirst()
                    .orElseThrow(
                        () -> new IllegalStateException("the run ended before the restart"));
            double taken = Duration.between(back, heard).toNanos() / 1e6;
            if (round < 1) {
              return; // warm-up
            }
            stack.progress(String.format(Locale.ROOT, "round %d: %,.0f ms", round, taken));
            millis.add(taken);
            restarts.add(loss.get().millis());
          });
    }
    double restart = Sample.median(restarts);
    return List.of(
        Row.amount(
            "next event to viewer after a broker loss",
            Sample.median(millis),
            "ms",
            "after %s ms without Redis".formatted(Row.amount(restart))));
  }

  /**
   * One restart of Redis.
   *
   * @param back when it accepted connections again
   * @param millis how long it was down
   */
  private record Loss(Instant back, double millis) {}

  private static Loss lose(MeasuredStack stack) {
    try (Jedis redis = stack.redis()) {
      redis.flushAll(); // deletes its data on disk as well
    }
    Instant gone = Instant.now();
    stack.restartRedis();
    Instant back = Instant.now();
    return new Loss(back, Duration.between(gone, back).toNanos() / 1e6);
  }
}
