package arena.lifecycle;

import arena.broker.AlreadyOpen;
import arena.broker.Broker;
import arena.broker.NotOpen;
import arena.catalog.Catalog;
import arena.event.Event;
import arena.journal.EntryExists;
import arena.journal.Journal;
import arena.journal.JournalEntry;
import arena.run.Failure;
import arena.run.Run;
import arena.run.RunStatus;
import arena.world.World;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/** What starting a run and starting a fork have in common. */
public final class StartRun {
  private final Catalog catalog;
  private final Journal journal;
  private final Broker broker;
  private final ReplayExecutions executions;
  private final InstantSource clock;

  /** Begins runs in these. */
  public StartRun(
      Catalog catalog,
      Journal journal,
      Broker broker,
      ReplayExecutions executions,
      InstantSource clock) {
    this.catalog = catalog;
    this.journal = journal;
    this.broker = broker;
    this.executions = executions;
    this.clock = clock;
  }

  /**
   * Begins a run. The order bears load: a run that is in the catalog has its first entry in the
   * journal (one transaction), a run that plays is open in the broker. Whoever dies in between
   * leaves a run that makes no progress, which the reaper ends; or the same request comes again
   * with the same id, and goes on from what is there.
   *
   * @return the run as it was begun, now or before
   * @throws ReplayNotStarted if it was begun before and given up
   */
  Run begin(Run run, List<Event> events, World start) {
    JournalEntry origin = new JournalEntry(run.runId(), 0, events, Optional.of(start));
    try {
      journal.begin(run, origin);
    } catch (EntryExists exists) {
      Run begun = catalog.find(run.runId()).orElseThrow(() -> exists);
      if (begun.failure().filter(why -> why.code().equals(ReplayNotStarted.CODE)).isPresent()) {
        throw new ReplayNotStarted(run.runId());
      }
      if (begun.status() == RunStatus.RUNNING) {
        // Not given up if this fails: it may be playing, for all that is known here.
        play(begun, journal.entries(run.runId(), 0, 1).getFirst());
      }
      return begun;
    }
    try {
      play(run, origin);
    } catch (RuntimeException e) {
      if (givesUp(run, e)) {
        throw e;
      }
    }
    return run;
  }

  private void play(Run run, JournalEntry origin) {
    try {
      broker.open(run.runId(), run.label(), run.createdAt());
    } catch (AlreadyOpen _) {
      // An attempt before this one came so far.
    }
    if (!origin.events().isEmpty()) {
      try {
        broker.publish(run.runId(), origin.events());
      } catch (NotOpen _) {
        // The broker has lost it since; the first turn fills it again.
      }
    }
    executions.start(
        new TurnTask(
            run.runId(), run.t0(), origin.nextSeq(), 0, run.nTurns(), run.profile(), false));
  }

  /**
   * A run that could not start is not left to look alive; the reaper archives what it has.
   *
   * @return false if it has gone on: it did start, and only the answer was lost
   */
  private boolean givesUp(Run run, RuntimeException why) {
    try {
      Failure failure =
          new Failure(ReplayNotStarted.CODE, "it was created, but its replay could not be started");
      return catalog.abandon(run.runId(), run.nEvents(), failure, clock.instant());
    } catch (RuntimeException e) {
      why.addSuppressed(e);
      return true;
    }
  }
}
