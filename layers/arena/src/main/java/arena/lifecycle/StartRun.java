package arena.lifecycle;

import arena.broker.AlreadyOpen;
import arena.broker.Broker;
import arena.broker.Gap;
import arena.broker.NotOpen;
import arena.catalog.Catalog;
import arena.error.Dependency;
import arena.error.DependencyUnavailable;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts runs and forks. */
public final class StartRun {
  private static final Logger LOG = LoggerFactory.getLogger(StartRun.class);

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
   * ends in between, a retry with the same id continues, or the reaper ends the run. An unavailable
   * broker does not prevent the start; the first publish that reaches it opens the run.
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

  /**
   * A run that was created without its execution.
   *
   * @param first the input of its execution; empty if the run has ended
   */
  public record Prepared(Run run, Optional<TurnTask> first) {}

  /**
   * Creates a run as {@link #start} does, but leaves the start of its execution to the caller.
   * Idempotent. If the execution is never started, the reaper ends the run as one without progress.
   */
  Prepared prepare(Run run, List<Event> events, World start) {
    JournalEntry origin = new JournalEntry(run.runId(), 0, events, Optional.of(start));
    try {
      journal.create(run, origin);
    } catch (EntryExists exists) {
      Run existing = catalog.find(run.runId()).orElseThrow(() -> exists);
      return existing.status() == RunStatus.RUNNING
          ? new Prepared(
              existing, Optional.of(first(existing, journal.entries(run.runId(), 0, 1).getFirst())))
          : new Prepared(existing, Optional.empty());
    }
    return new Prepared(run, Optional.of(first(run, origin)));
  }

  private void play(Run run, JournalEntry origin) {
    executions.start(first(run, origin));
  }

  /** Opens a run in the broker and returns its first task. */
  private TurnTask first(Run run, JournalEntry origin) {
    boolean behind = !open(run, origin.events());
    return new TurnTask(
            run.runId(), run.t0(), origin.nextSeq(), 0, run.nTurns(), run.profile(), false)
        .withBehind(behind);
  }

  /** Returns whether the broker has the run and its first events. */
  private boolean open(Run run, List<Event> events) {
    try {
      openIfNew(run);
      if (!events.isEmpty()) {
        broker.publish(run.runId(), events);
      }
      return true;
    } catch (NotOpen | Gap _) {
      return false; // the broker has lost it since
    } catch (DependencyUnavailable e) {
      if (e.dependency() != Dependency.BROKER) {
        throw e;
      }
      LOG.atWarn()
          .addKeyValue("run_id", run.runId())
          .addKeyValue("cause", ErrorKind.BROKER_UNAVAILABLE.label())
          .setCause(e)
          .log("broker unavailable; run starts without it");
      return false;
    }
  }

  private void openIfNew(Run run) {
    try {
      broker.open(run.runId(), run.label(), run.createdAt());
    } catch (AlreadyOpen _) {
      // opened by an earlier attempt
    }
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
