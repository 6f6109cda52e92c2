package arena.benchmark;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * How long an event is on its way: from its {@code ts}, which it gets before it is written to the
 * journal, to the viewer's hands. The run is played by a model that takes a while, as models do.
 */
final class ViewerLatency implements Measurement {
  private static final int FEWEST = 1;
  private static final List<Integer> AUDIENCES = List.of(FEWEST, 100, 1_000);
  private static final int TURNS = 30;
  private static final Rounds ROUNDS = new Rounds(1, 2, Duration.ofSeconds(60));
  private static final Duration THINKS = Duration.ofMillis(150);

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
    List<Double> bare = new ArrayList<>();
    try (Viewers audience = new Viewers(stack)) {
      ROUNDS.each(
          round -> {
            for (int viewers : AUDIENCES) {
              if (round < 1 && viewers > AUDIENCES.get(1)) {
                continue; // it is warm by then
              }
              Viewers.Watched watched = audience.watch(viewers, TURNS, THINKS);
              if (round < 1) {
                continue;
              }
              millis
                  .computeIfAbsent(viewers, _ -> new ArrayList<>())
                  .addAll(watched.outcome().millis());
              if (viewers == FEWEST) {
                calls.again(watched.runId()).forEach(turn -> bare.add(turn.firstPart()));
              }
              stack.tell(
                  String.format(
                      Locale.ROOT,
                      "round %d: half of the events within %.0f ms, before %,d",
                      round,
                      Samples.median(watched.outcome().millis()),
                      viewers));
            }
          });
    }
    return rows(millis, Samples.median(bare));
  }

  private static List<Row> rows(Map<Integer, List<Double>> millis, double bare) {
    List<Row> rows = new ArrayList<>();
    double few = Samples.median(millis.get(FEWEST));
    String writes = "%s ms for append and publish alone".formatted(Row.amount(bare));
    millis.forEach(
        (viewers, each) -> {
          Samples samples = new Samples(each);
          String what =
              String.format(Locale.ROOT, "event to %,d viewer%s", viewers, viewers == 1 ? "" : "s");
          rows.add(
              viewers == FEWEST
                  ? Row.ratio(what + ", p50", few / bare, "times append and publish")
                  : Row.ratio(what + ", p50", samples.median() / few, "times that of 1 viewer"));
          rows.add(Row.amount(what + ", p50", samples.percentile(50), "ms", writes));
          rows.add(Row.amount(what + ", p99", samples.percentile(99), "ms", writes));
        });
    return rows;
  }
}
