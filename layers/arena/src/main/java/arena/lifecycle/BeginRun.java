package arena.lifecycle;

import arena.broker.Broker;
import arena.catalog.Catalog;
import arena.event.Event;
import arena.journal.Journal;
import arena.journal.JournalEntry;
import arena.run.Failure;
import arena.run.Run;
import arena.world.World;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/** What starting a run and starting a fork have in common. */
public final class BeginRun {
  private final Catalog catalog;
  private final Journal journal;
  private final Broker broker;
  private final Replays replays;
  private final InstantSource clock;

  /** Begins runs in these. */
  public BeginRun(
      Catalog catalog, Journal journal, Broker broker, Replays replays, InstantSource clock) {
    this.catalog = catalog;
    this.journal = journal;
    this.broker = broker;
    this.replays = replays;
    this.clock = clock;
  }

  /**
   * Begins a run. The order bears load: a run that is in the catalog has its first entry in the
   * journal (one transaction), a run that plays is open in the broker. Whoever dies in between
   * leaves a run that makes no progress, which the reaper ends.
   */
  void begin(Run run, List<Event> events, World start) {
    JournalEntry origin = new JournalEntry(run.runId(), 0, events, Optional.of(start));
    journal.begin(run, origin);
    try {
      broker.open(run.runId(), run.label(), run.createdAt());
      if (!events.isEmpty()) {
        broker.publish(run.runId(), events);
      }
      replays.start(
          new TurnTask(
              run.runId(), run.t0(), origin.nextSeq(), 0, run.nTurns(), run.profile(), false));
    } catch (RuntimeException e) {
      giveUp(run, e);
      throw e;
    }
  }

  /** A run that could not start is not left to look alive; the reaper archives what it has. */
  private void giveUp(Run run, RuntimeException why) {
    try {
      catalog.fail(
          run.runId(),
          new Failure("NotStarted", "it was created, but its replay could not be started"),
          clock.instant());
    } catch (RuntimeException e) {
      why.addSuppressed(e);
    }
  }
}
