package arena.benchmark;

import arena.event.Event;
import arena.lifecycle.FinalizeRun;
import arena.metrics.Metrics;
import arena.run.Run;
import arena.run.RunId;
import arena.run.RunStatus;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Measures the finalization of a played run, from the journal to the catalog, compared with writing
 * its archive alone, of events in memory.
 */
final class FinalizationTime implements Measurement {
  private static final double LIMIT = 3;
  private static final int TURNS = 200;
  private static final int MAX_EVENTS = 1_000;
  private static final Rounds ROUNDS = new Rounds(2, 5, Duration.ofSeconds(30));

  @Override
  public String title() {
    return String.format(
        Locale.ROOT, "finalization, %d rounds of %d turns", ROUNDS.wanted(), TURNS);
  }

  @Override
  public List<Row> measure(MeasuredStack stack) {
    StoreCalls calls = new StoreCalls(stack);
    FinalizeRun finalizeRun =
        new FinalizeRun(
            stack.catalog(), stack.journal(), stack.archive(), Clock.systemUTC(), Metrics.NONE);
    RunId played =
        RunId.of(stack.client().startRun(String.format(Locale.ROOT, "{\"n_turns\":%d}", TURNS)));
    stack.awaitEnd(played.value());
    List<Double> whole = new ArrayList<>();
    List<Double> archive = new ArrayList<>();
    ROUNDS.each(
        round -> {
          RunId copy = calls.copy(played);
          Run run = stack.catalog().find(copy).orElseThrow();
          List<Event> events = events(stack, copy);
          long start = System.nanoTime();
          stack.archive().write(run, events);
          long written = System.nanoTime();
          Run ended = finalizeRun.finalizeRun(copy, Optional.empty());
          long done = System.nanoTime();
          if (ended.status() != RunStatus.COMPLETE) {
            throw new IllegalStateException("run %s is not complete".formatted(copy));
          }
          if (round > 0) {
            archive.add((written - start) / 1e6);
            whole.add((done - written) / 1e6);
          }
        });
    double millis = Sample.median(whole);
    double alone = Sample.median(archive);
    String what = String.format(Locale.ROOT, "finalization of %d turns", TURNS);
    return List.of(
        Row.atMost(what, millis / alone, "times its archive alone", LIMIT),
        Row.amount(what, millis, "ms", Row.amount(alone) + " ms to write its archive"));
  }

  private static List<Event> events(MeasuredStack stack, RunId runId) {
    List<Event> events = new ArrayList<>();
    List<Event> page;
    do {
      page = stack.journal().events(runId, events.size() + 1L, MAX_EVENTS);
      events.addAll(page);
    } while (!page.isEmpty());
    return events;
  }
}
