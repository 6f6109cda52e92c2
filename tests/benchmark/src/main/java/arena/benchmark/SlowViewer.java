package arena.benchmark;

import arena.local.client.ViewerCrowd.Habit;
import arena.models.Behaviour;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Measures what a viewer that reads a message a second costs the others: the latency of an event to
 * 999 viewers, next to such a viewer and next to one that reads at once. The events fill the
 * gateway's queue for the slow viewer.
 */
final class SlowViewer implements Measurement {
  private static final int VIEWERS = 1_000;
  private static final int TURNS = 30;
  private static final int REASONING_CHARS = 20_000;
  private static final double LIMIT_P50 = 1.25;
  private static final double LIMIT_P95 = 1.5;
  private static final Rounds ROUNDS = new Rounds(1, 3, Duration.ofSeconds(90));
  private static final Viewers.Play PLAY =
      new Viewers.Play(
          TURNS, Duration.ofSeconds(1), "x".repeat(REASONING_CHARS) + Behaviour.ANSWER);

  @Override
  public String title() {
    return String.format(
        Locale.ROOT,
        "slow viewer, %d rounds of %d turns, next to %d viewers",
        ROUNDS.wanted(),
        TURNS,
        VIEWERS - 1);
  }

  @Override
  public List<Row> measure(MeasuredStack stack) {
    List<Sample> without = new ArrayList<>();
    List<Sample> with = new ArrayList<>();
    try (Viewers audience = new Viewers(stack)) {
      ROUNDS.each(
          round -> {
            Sample quick = latency(audience, Habit.QUICK);
            if (round < 1) {
              return; // warm-up
            }
            Sample slow = latency(audience, Habit.TRICKLE);
            without.add(quick);
            with.add(slow);
            stack.progress(
                String.format(
                    Locale.ROOT,
                    "round %d: p50 %,.0f ms and p95 %,.0f ms, next to a slow viewer %,.0f and %,.0f ms",
                    round,
                    quick.percentile(50),
                    quick.percentile(95),
                    slow.percentile(50),
                    slow.percentile(95)));
          });
    }
    String what = String.format(Locale.ROOT, "event to %d viewers next to a slow one", VIEWERS - 1);
    List<Row> rows = new ArrayList<>();
    for (int percent : List.of(50, 95)) {
      double slow = percentile(with, percent);
      double quick = percentile(without, percent);
      String each = String.format(Locale.ROOT, "%s, p%d", what, percent);
      rows.add(
          Row.atMost(
              each, slow / quick, "times without it", percent == 50 ? LIMIT_P50 : LIMIT_P95));
      rows.add(Row.amount(each, slow, "ms", Row.amount(quick) + " ms without it"));
    }
    return rows;
  }

  private static Sample latency(Viewers audience, Habit last) {
    Viewers.Audience viewers = new Viewers.Audience(VIEWERS, last);
    return new Sample(audience.watch(viewers, PLAY, () -> {}).outcome().millis());
  }

  /** The median over the rounds. */
  private static double percentile(List<Sample> rounds, int percent) {
    return Sample.median(rounds.stream().map(round -> round.percentile(percent)).toList());
  }
}
