package arena.lifecycle;

import arena.archive.Archive;
import arena.broker.Broker;
import arena.catalog.Catalog;
import arena.event.Event;
import arena.journal.Journal;
import arena.run.Failure;
import arena.run.Run;
import arena.run.RunStatus;
import arena.run.UnknownRun;
import arena.stream.FanOutInvoker;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Ends a run: archive, then catalog, then broker, then journal, in that order, so that at every
 * moment its events are in one of them. Every step may come again.
 */
public final class FinalizeRun {
  /** How long the journal keeps a run that the archive has. */
  public static final Duration KEEP_JOURNAL = Duration.ofDays(7);

  private static final int PAGE = 1_000;

  private final Catalog catalog;
  private final Journal journal;
  private final Archive archive;
  private final Broker broker;
  private final Publisher publisher;
  private final FanOutInvoker fanOutInvoker;
  private final InstantSource clock;

  /** Finalizes in these. */
  public FinalizeRun(
      Catalog catalog,
      Journal journal,
      Archive archive,
      Broker broker,
      Publisher publisher,
      FanOutInvoker fanOutInvoker,
      InstantSource clock) {
    this.catalog = catalog;
    this.journal = journal;
    this.archive = archive;
    this.broker = broker;
    this.publisher = publisher;
    this.fanOutInvoker = fanOutInvoker;
    this.clock = clock;
  }

  /**
   * Finalizes a run.
   *
   * @param failure why it failed; empty if it played to its end
   * @return its row afterwards
   * @throws UnknownRun if there is no such run
   */
  public Run finalizeRun(String runId, Optional<Failure> failure) {
    // A failed run is fenced first: a turn that is still at work may not write behind the archive.
    failure.ifPresent(why -> catalog.fail(runId, why, clock.instant()));
    Run run = find(runId);
    if (!run.archived()) {
      String address = archive.write(run, allEvents(run));
      catalog.archived(runId, address, archive.summary(run), clock.instant());
      run = find(runId);
    }
    publisher.catchUp(run);
    broker.close(runId);
    try {
      // No publish comes after this, so a wake-up that fails is not passed over: it comes again.
      fanOutInvoker.wake(runId);
    } finally {
      journal.expire(runId, clock.instant().plus(KEEP_JOURNAL));
    }
    return run;
  }

  private Run find(String runId) {
    return catalog.find(runId).orElseThrow(() -> new UnknownRun(runId));
  }

  private List<Event> allEvents(Run run) {
    List<Event> events = new ArrayList<>();
    while (events.size() < run.nEvents()) {
      List<Event> page = journal.events(run.runId(), events.size() + 1, PAGE);
      if (page.isEmpty()) {
        throw new IllegalStateException(
            String.format(
                Locale.ROOT,
                "run %s: the catalog counts %d events, the journal ends at %d",
                run.runId(),
                run.nEvents(),
                events.size()));
      }
      for (Event event : page) {
        if (event.seq() != events.size() + 1) {
          throw new IllegalStateException(
              String.format(
                  Locale.ROOT,
                  "run %s: the journal has seq %d where %d belongs",
                  run.runId(),
                  event.seq(),
                  events.size() + 1));
        }
        events.add(event);
      }
    }
    if (run.status() == RunStatus.RUNNING && events.size() != run.nEvents()) {
      throw new IllegalStateException(
          "run %s was written to while it ended".formatted(run.runId()));
    }
    return events;
  }
}
