package arena.lifecycle;

import arena.broker.AlreadyOpen;
import arena.broker.Broker;
import arena.broker.NotOpen;
import arena.catalog.Catalog;
import arena.error.ErrorKind;
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

/** Starts runs and forks. */
public final class StartRun {
  private final Catalog catalog;
  private final Journal journal;
  private final Broker broker;
  private final ReplayExecutions executions;
  private final InstantSource clock;

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
   * Starts a run. The order matters: catalog row and first journal entry are written in one
   * transaction, and the run is opened in the broker before its execution starts. If the process
   * ends in between, a retry with the same id continues, or the reaper ends the run.
   *
   * @return the run as created by this or an earlier attempt
   * @throws ReplayNotStarted if an earlier attempt failed the run
   */
  Run start(Run run, List<Event> events, World start) {
    JournalEntry origin = new JournalEntry(run.runId(), 0, events, Optional.of(start));
    try {
      journal.create(run, origin);
    } catch (EntryExists exists) {
      Run existing = catalog.find(run.runId()).orElseThrow(() -> exists);
      if (existing.failure().filter(why -> why.kind() == ErrorKind.NOT_STARTED).isPresent()) {
        throw new ReplayNotStarted(run.runId());
      }
      if (existing.status() == RunStatus.RUNNING) {
        // A failure here does not fail the run, because it may already be playing.
        play(existing, journal.entries(run.runId(), 0, 1).getFirst());
      }
      return existing;
    }
    try {
      play(run, origin);
    } catch (RuntimeException e) {
      if (abandon(run, e)) {
        throw e;
      }
    }
    return run;
  }

  private void play(Run run, JournalEntry origin) {
    try {
      broker.open(run.runId(), run.label(), run.createdAt());
    } catch (AlreadyOpen _) {
      // opened by an earlier attempt
    }
    if (!origin.events().isEmpty()) {
      try {
        broker.publish(run.runId(), origin.events());
      } catch (NotOpen _) {
        // The broker has lost it since. The first turn refills it.
      }
    }
    executions.start(
        new TurnTask(
            run.runId(), run.t0(), origin.nextSeq(), 0, run.nTurns(), run.profile(), false));
  }

  /**
   * Fails a run that could not be started; the reaper archives it.
   *
   * @return false if the run has made progress, so it did start and only the response was lost
   */
  private boolean abandon(Run run, RuntimeException cause) {
    try {
      Failure failure =
          Failure.of(ErrorKind.NOT_STARTED, "created, but its replay could not be started");
      return catalog.abandon(run.runId(), run.nEvents(), failure, clock.instant());
    } catch (RuntimeException e) {
      cause.addSuppressed(e);
      return true;
    }
  }
}
