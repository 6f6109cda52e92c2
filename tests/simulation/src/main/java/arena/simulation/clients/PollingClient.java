package arena.simulation.clients;

import arena.catalog.Catalog;
import arena.catalog.RunPage;
import arena.lifecycle.RunQueries;
import arena.simulation.cloud.Outcome;
import arena.simulation.faults.FaultInjector;
import arena.simulation.invariants.ReadsMatchJournal;
import arena.simulation.scheduler.Scheduler;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Supplier;

/** Looks at runs now and then, and in the end at everything. */
public final class PollingClient implements Runnable {
  private static final long SECOND = 1_000_000;
  private static final int PAGE = 20;
  private static final int BYTES = 1 << 20;

  private final Scheduler scheduler;
  private final HttpClientApi api;
  private final FaultInjector weather;
  private final Random random;
  private final ReadsMatchJournal truth;
  private final Supplier<List<String>> runs;

  /** Looks at these runs. */
  public PollingClient(
      Scheduler scheduler,
      HttpClientApi api,
      FaultInjector weather,
      Random random,
      ReadsMatchJournal truth,
      Supplier<List<String>> runs) {
    this.scheduler = scheduler;
    this.api = api;
    this.weather = weather;
    this.random = random;
    this.truth = truth;
    this.runs = runs;
  }

  @Override
  public void run() {
    while (!weather.isCalm()) {
      scheduler.sleep(random.nextLong(120 * SECOND));
      List<String> known = runs.get();
      if (!known.isEmpty()) {
        look(known.get(random.nextInt(known.size())));
      }
    }
  }

  private void look(String runId) {
    switch (random.nextInt(4)) {
      case 0 -> countEverything();
      case 1 -> list();
      case 2 -> api.ask(reader -> reader.series(reader.run(runId)));
      default -> readAll(runId, random.nextInt(3) == 0 ? random.nextLong(1, 40) : 1);
    }
  }

  private void countEverything() {
    ReadsMatchJournal.Counting counting = truth.counting();
    if (api.ask(RunQueries::metrics) instanceof Outcome.Answer(RunQueries.Metrics metrics)) {
      counting.counted(metrics);
    }
  }

  private void list() {
    Catalog.Which which = random.nextBoolean() ? Catalog.Which.ALL : Catalog.Which.ARCHIVED;
    Optional<String> cursor = Optional.empty();
    do {
      Optional<String> from = cursor;
      cursor =
          api.ask(reader -> reader.list(which, 2, from)) instanceof Outcome.Answer(RunPage page)
              ? page.next()
              : Optional.empty();
    } while (cursor.isPresent());
  }

  /** Reads a run to its end, or as far as it goes now. */
  public void readAll(String runId, long from) {
    long next = from;
    while (true) {
      long at = next;
      if (!(api.ask(reader -> reader.events(runId, at, PAGE, BYTES))
          instanceof Outcome.Answer(RunQueries.EventPage page))) {
        return;
      }
      truth.read(runId, at, page);
      if (page.envelopes().isEmpty() || page.next().isEmpty()) {
        return;
      }
      next = page.next().getAsLong();
    }
  }
}
