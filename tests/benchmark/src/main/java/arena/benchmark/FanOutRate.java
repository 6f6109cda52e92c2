package arena.benchmark;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * How many events a second one fan-out hands over: to one viewer and to many, of a run that its
 * model does not hold up.
 */
final class FanOutRate implements Measurement {
  private static final int FEW = 1;
  private static final int MANY = 100;
  private static final int TURNS = 60;
  private static final Rounds ROUNDS = new Rounds(1, 3, Duration.ofSeconds(40));

  @Override
  public String title() {
    return "fan-out rate, %d rounds of %d turns, before %d and %d viewers"
        .formatted(ROUNDS.wanted(), TURNS, FEW, MANY);
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
              return; // the warm-up
            }
            stack.tell(
                "round %d: %,.0f events/s to %d viewer, %,.0f to %d"
                    .formatted(round, toFew, FEW, toMany, MANY));
            few.add(toFew);
            many.add(toMany);
            ratios.add(toMany / toFew);
          });
    }
    return List.of(
        Row.ratio("fan-out to %d viewers".formatted(MANY), Samples.median(ratios), "times to 1"),
        Row.amount(
            "fan-out to %d viewers".formatted(MANY),
            Samples.median(many),
            "events/s",
            "%s to %d, as fast as the run is played"
                .formatted(Row.amount(Samples.median(few)), FEW)));
  }

  private static double rate(Viewers audience, int viewers) {
    Viewers.Watched watched = audience.watch(viewers, TURNS, Duration.ZERO);
    return viewers * watched.events() / watched.seconds();
  }
}
