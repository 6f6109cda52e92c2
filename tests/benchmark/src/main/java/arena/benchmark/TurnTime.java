package arena.benchmark;

import arena.event.Event;
import arena.journal.JournalEntry;
import arena.run.RunId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Measures the time of a turn through the whole stack, from its {@code turn_start} to the next one,
 * compared with its store calls made directly. The runs have no viewers.
 */
final class TurnTime implements Measurement {
  private static final double LIMIT = 1.5;
  private static final int TURNS = 200;
  private static final Rounds ROUNDS = new Rounds(1, 3, Duration.ofSeconds(25));
  private static final int MAX_ENTRIES = 1_000;

  @Override
  public String title() {
    return String.format(Locale.ROOT, "time a turn, %d rounds of %d turns", ROUNDS.wanted(), TURNS);
  }

  @Override
  public List<Row> measure(MeasuredStack stack) {
    StoreCalls calls = new StoreCalls(stack);
    List<Double> whole = new ArrayList<>();
    List<Double> storeCalls = new ArrayList<>();
    List<Double> ratios = new ArrayList<>();
    ROUNDS.each(
        round -> {
          String runId =
              stack.client().startRun(String.format(Locale.ROOT, "{\"n_turns\":%d}", TURNS));
          stack.awaitEnd(runId);
          double turn = Sample.median(turns(stack, runId));
          double call =
              Sample.median(
                  calls.replay(RunId.of(runId)).stream().map(StoreCalls.Turn::all).toList());
          if (round < 1) {
            return; // warm-up
          }
          stack.progress(
              String.format(
                  Locale.ROOT,
                  "round %d: %.1f ms a turn, of which %.1f ms stores",
                  round,
                  turn,
                  call));
          whole.add(turn);
          storeCalls.add(call);
          ratios.add(turn / call);
        });
    return List.of(
        Row.atMost("time a turn", Sample.median(ratios), "times its own store calls'", LIMIT),
        Row.amount(
            "a turn, through the whole stack",
            Sample.median(whole),
            "ms",
            "%s ms for its store calls made directly"
                .formatted(Row.amount(Sample.median(storeCalls)))));
  }

  /** Duration of each turn of a run, in milliseconds. */
  static List<Double> turns(MeasuredStack stack, String runId) {
    List<Instant> starts =
        stack.journal().entries(RunId.of(runId), 0, MAX_ENTRIES).stream()
            .map(JournalEntry::events)
            .flatMap(List::stream)
            .filter(event -> event.kind().equals("turn_start"))
            .map(Event::ts)
            .toList();
    List<Double> millis = new ArrayList<>();
    for (int i = 1; i < starts.size(); i++) {
      millis.add(Duration.between(starts.get(i - 1), starts.get(i)).toNanos() / 1e6);
    }
    return millis;
  }
}
