package arena.simulation.clients;

import arena.catalog.Catalog;
import arena.catalog.Counters;
import arena.catalog.RunPage;
import arena.lifecycle.RunQueries;
import arena.run.RunId;
import arena.simulation.cloud.Outcome;
import arena.simulation.faults.FaultInjector;
import arena.simulation.invariants.ReadsMatchJournal;
import arena.simulation.scheduler.Scheduler;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Supplier;

/** An HTTP client that reads random runs, lists and counters at intervals. */
public final class PollingClient implements Runnable {
  private static final long SECOND = 1_000_000;
  private static final int PAGE_EVENTS = 20;
  private static final int PAGE_BYTES = 1 << 20;

  private final Scheduler scheduler;
  private final HttpClientApi api;
  private final FaultInjector faults;
  private final Random random;
  private final ReadsMatchJournal reads;
  private final Supplier<List<RunId>> runs;

  public PollingClient(
      Scheduler scheduler,
      HttpClientApi api,
      FaultInjector faults,
      Random random,
      ReadsMatchJournal reads,
      Supplier<List<RunId>> runs) {
    this.scheduler = scheduler;
    this.api = api;
    this.faults = faults;
    this.random = random;
    this.reads = reads;
    this.runs = runs;
  }

  @Override
  public void run() {
    while (!faults.ended()) {
      scheduler.sleep(random.nextLong(120 * SECOND));
      List<RunId> known = runs.get();
      if (!known.isEmpty()) {
        poll(known.get(random.nextInt(known.size())));
      }
    }
  }

  private void poll(RunId runId) {
    switch (random.nextInt(4)) {
      case 0 -> readMetrics();
      case 1 -> list();
      case 2 -> api.query(reader -> reader.series(reader.run(runId)));
      default -> readAll(runId, random.nextInt(3) == 0 ? random.nextLong(1, 40) : 1);
    }
  }

  private void readMetrics() {
    ReadsMatchJournal.MetricsRead read = reads.startMetricsRead();
    if (api.query(RunQueries::metrics) instanceof Outcome.Answer(Counters metrics)) {
      read.finish(metrics);
    }
  }

  private void list() {
    Catalog.Filter filter = random.nextBoolean() ? Catalog.Filter.ALL : Catalog.Filter.ARCHIVED;
    Optional<String> cursor = Optional.empty();
    do {
      Optional<String> from = cursor;
      cursor =
          api.query(reader -> reader.list(filter, 2, from)) instanceof Outcome.Answer(RunPage page)
              ? page.next()
              : Optional.empty();
    } while (cursor.isPresent());
  }

  /** Reads a run's events to the end, or as far as they exist now. */
  public void readAll(RunId runId, long from) {
    long next = from;
    while (true) {
      long at = next;
      if (!(api.query(reader -> reader.events(runId, at, PAGE_EVENTS, PAGE_BYTES))
          instanceof Outcome.Answer(RunQueries.EventPage page))) {
        return;
      }
      reads.read(runId, at, page);
      if (page.envelopes().isEmpty() || page.next().isEmpty()) {
        return;
      }
      next = page.next().getAsLong();
    }
  }
}
