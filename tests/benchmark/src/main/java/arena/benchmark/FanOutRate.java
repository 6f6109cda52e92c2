package arena.benchmark;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Measures the events per second of one fan-out, to one viewer and to many, for a run whose model
 * answers at once.
 */
final class FanOutRate implements Measurement {
  private static final int FEW = 1;
  private static final int MANY = 100;
  private static final int TURNS = 60;
  private static final Rounds ROUNDS = new Rounds(1, 3, Duration.ofSeconds(40));

  @Override
  public String title() {
    return String.format(
        Locale.ROOT,
        "fan-out rate, %d rounds of %d turns, before %d and %d viewers",
        ROUNDS.wanted(),
        TURNS,
        FEW,
        MANY);
  }

  @Override
  public List<Row> measure(MeasuredStack stack) {
    List<Double> few = new ArrayList<>();
    List<Double> many = new ArrayList<>();
    List<Double> ratios = new ArrayList<>();
    try (Viewers audience = new Viewers(stack)) {
      ROUNDS.each(
          round -> {
            double toFew = rate(audience, FEW);
            double toMany = rate(audience, MANY);
            if (round < 1) {
              return; // warm-up
            }
            stack.progress(
                String.format(
                    Locale.ROOT,
                    "round %d: %,.0f events/s to %d viewer, %,.0f to %d viewers",
                    round,
                    toFew,
                    FEW,
                    toMany,
                    MANY));
            few.add(toFew);
            many.add(toMany);
            ratios.add(toMany / toFew);
          });
    }
    return List.of(
        Row.ratio(
            String.format(Locale.ROOT, "fan-out to %d viewers", MANY),
            Sample.median(ratios),
            "times to 1"),
        Row.amount(
            String.format(Locale.ROOT, "fan-out to %d viewers", MANY),
            Sample.median(many),
            "events/s",
            String.format(
                Locale.ROOT,
                "%s to %d, as fast as the run is played",
                Row.amount(Sample.median(few)),
                FEW)));
  }

  private static double rate(Viewers audience, int viewers) {
    Viewers.Watched watched = audience.watch(viewers, TURNS, Duration.ZERO);
    return viewers * watched.events() / watched.seconds();
  }
}
