package arena.benchmark;

import arena.run.RunId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Measures the latency of an event: from its {@code ts}, which is set before the journal write, to
 * its arrival at the viewer. The model takes some time per answer, as real models do.
 */
final class ViewerLatency implements Measurement {
  private static final int MIN_VIEWERS = 1;
  private static final List<Integer> AUDIENCES = List.of(MIN_VIEWERS, 100, 1_000);
  private static final int TURNS = 30;
  private static final Rounds ROUNDS = new Rounds(1, 2, Duration.ofSeconds(60));
  private static final Duration THINK_TIME = Duration.ofMillis(150);

  @Override
  public String title() {
    return String.format(
        Locale.ROOT,
        "event to viewer, %d rounds of %d turns, before %s viewers",
        ROUNDS.wanted(),
        TURNS,
        AUDIENCES);
  }

  @Override
  public List<Row> measure(MeasuredStack stack) {
    StoreCalls calls = new StoreCalls(stack);
    Map<Integer, List<Double>> millis = new TreeMap<>();
    List<Double> storeCalls = new ArrayList<>();
    try (Viewers audience = new Viewers(stack)) {
      ROUNDS.each(
          round -> {
            for (int viewers : AUDIENCES) {
              if (round < 1 && viewers > AUDIENCES.get(1)) {
                continue; // the stack is warm by now
              }
              Viewers.Watched watched = audience.watch(viewers, TURNS, THINK_TIME);
              if (round < 1) {
                continue;
              }
              millis
                  .computeIfAbsent(viewers, _ -> new ArrayList<>())
                  .addAll(watched.outcome().millis());
              if (viewers == MIN_VIEWERS) {
                calls
                    .replay(RunId.of(watched.runId()))
                    .forEach(turn -> storeCalls.add(turn.firstPart()));
              }
              stack.progress(
                  String.format(
                      Locale.ROOT,
                      "round %d: median %.0f ms with %,d viewers",
                      round,
                      Sample.median(watched.outcome().millis()),
                      viewers));
            }
          });
    }
    return rows(millis, Sample.median(storeCalls));
  }

  private static List<Row> rows(Map<Integer, List<Double>> millis, double storeCalls) {
    List<Row> rows = new ArrayList<>();
    double few = Sample.median(millis.get(MIN_VIEWERS));
    String writes = "%s ms for append and publish alone".formatted(Row.amount(storeCalls));
    millis.forEach(
        (viewers, each) -> {
          Sample samples = new Sample(each);
          String what =
              String.format(Locale.ROOT, "event to %,d viewer%s", viewers, viewers == 1 ? "" : "s");
          rows.add(
              viewers == MIN_VIEWERS
                  ? Row.ratio(what + ", p50", few / storeCalls, "times append and publish")
                  : Row.ratio(what + ", p50", samples.median() / few, "times that of 1 viewer"));
          rows.add(Row.amount(what + ", p50", samples.percentile(50), "ms", writes));
          rows.add(Row.amount(what + ", p99", samples.percentile(99), "ms", writes));
        });
    return rows;
  }
}
