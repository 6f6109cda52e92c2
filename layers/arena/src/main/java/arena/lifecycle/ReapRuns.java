package arena.lifecycle;

import arena.broker.Broker;
import arena.catalog.Catalog;
import arena.error.ErrorKind;
import arena.journal.Journal;
import arena.run.Failure;
import arena.run.Run;
import arena.run.RunId;
import arena.run.RunStatus;
import arena.stream.Connections;
import arena.stream.ParallelWork;
import arena.stream.TaskRunner;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Frees the broker's memory of archived runs after the grace period, and fails running runs that
 * made no progress for the grace period. Only this class and {@link ReapOrphans} drop buffers. Safe
 * to run concurrently.
 */
public final class ReapRuns {
  private static final Logger LOG = LoggerFactory.getLogger(ReapRuns.class);

  /** Maximum number of runs that are ended or finalized at a time. */
  private static final int MAX_CONCURRENT = 16;

  /** Number of runs that are freed with one call of each store. */
  private static final int BATCH = 25;

  /** Maximum number of batches at a time. */
  private static final int MAX_CONCURRENT_BATCHES = 4;

  /** Number of grace periods in which finalization is retried before the run is ended anyway. */
  private static final int FINALIZATION_GRACES = 3;

  private final Catalog catalog;
  private final Journal journal;
  private final Broker broker;
  private final Connections connections;
  private final ReplayExecutions executions;
  private final FinalizeInvoker finalizeInvoker;
  private final Duration grace;
  private final InstantSource clock;
  private final TaskRunner tasks;

  public ReapRuns(
      Stores stores,
      ReplayExecutions executions,
      FinalizeInvoker finalizeInvoker,
      Duration grace,
      InstantSource clock,
      TaskRunner tasks) {
    this.catalog = stores.catalog();
    this.journal = stores.journal();
    this.broker = stores.broker();
    this.connections = stores.connections();
    this.executions = executions;
    this.finalizeInvoker = finalizeInvoker;
    this.grace = grace;
    this.clock = clock;
    this.tasks = tasks;
  }

  /** The stores that the reaper reads and writes. */
  public record Stores(Catalog catalog, Journal journal, Broker broker, Connections connections) {}

  /** A run that has been silent for the grace period, or ended that long ago. */
  private record Due(Run run, Instant since) {
    RunId runId() {
      return run.runId();
    }
  }

  /**
   * Ends silent runs, then finalizes ended ones that are not archived, then frees archived ones;
   * those first that wait longest. A failure for one does not affect the others.
   *
   * @param held the runs that the broker may hold
   * @param deadline no further run is checked after this time
   */
  public ReapReport reap(List<Run> held, Instant deadline) {
    Instant now = clock.instant();
    List<Due> due =
        held.stream()
            .map(run -> new Due(run, run.endedAt().or(run::lastTs).orElse(run.createdAt())))
            .filter(one -> !one.since().plus(grace).isAfter(now))
            .sorted(Comparator.comparing(Due::since))
            .toList();
    Pass pass = new Pass(now, deadline);
    pass.each(due.stream().filter(one -> !one.run().status().ended()).toList(), pass::end);
    pass.each(
        due.stream().filter(one -> one.run().status().ended() && !one.run().archived()).toList(),
        pass::finalizeEnded);
    pass.free(due.stream().filter(one -> one.run().archived()).toList());
    return pass.log.report();
  }

  /** One check of all runs. */
  private final class Pass {
    private final Instant now;
    private final Instant deadline;
    private final ReapLog log = new ReapLog(LOG);

    /** Runs with subscriptions, whose cursors the broker may have lost. */
    private final Set<RunId> subscribed = new HashSet<>();

    /** Whether every run of a batch failed, so that there is no point in trying more. */
    private volatile boolean unavailable;

    private Pass(Instant now, Instant deadline) {
      this.now = now;
      this.deadline = deadline;
    }

    private boolean mayContinue() {
      return clock.instant().isBefore(deadline);
    }

    private void each(List<Due> due, Consumer<Due> work) {
      int remaining =
          ParallelWork.forEach(
              tasks, MAX_CONCURRENT, due, this::mayContinue, one -> attempt(one, work));
      if (remaining > 0) {
        LOG.atWarn()
            .addKeyValue("remaining", remaining)
            .log("reaper deadline reached; remaining runs not checked");
      }
    }

    private void attempt(Due one, Consumer<Due> work) {
      try {
        work.accept(one);
      } catch (RuntimeException e) {
        log.failed("failed to reap run", "run_id", one.runId(), e);
      }
    }

    private void end(Due one) {
      if (isFullyPlayed(one.run()) && retriesFinalization(one)) {
        finalizeRun(one, "all turns played but not finalized since " + one.since());
      } else {
        abandon(one);
      }
    }

    private void finalizeEnded(Due one) {
      try {
        finalizeRun(one, "ended but not archived since " + one.since());
      } finally {
        journal.postponeExpiry(one.runId()); // finalization may fail for weeks
      }
    }

    private boolean retriesFinalization(Due one) {
      return one.since().plus(grace.multipliedBy(FINALIZATION_GRACES)).isAfter(now);
    }

    /** Whether a reader that was connected at the run's end may still wait for it. */
    private boolean mayHaveReaders(Due one) {
      Duration graces = grace.multipliedBy(FINALIZATION_GRACES);
      Duration longest =
          graces.compareTo(Connections.MAX_DURATION) > 0 ? graces : Connections.MAX_DURATION;
      return one.since().plus(longest).isAfter(now);
    }

    /** Frees archived runs in batches, except those whose end may be unknown to a reader. */
    private void free(List<Due> due) {
      List<Due> archived = due;
      if (due.stream().anyMatch(this::mayHaveReaders)) {
        try {
          subscribed.addAll(connections.subscribedRuns());
        } catch (RuntimeException e) {
          log.failed("failed to read subscriptions", "runs", due.size(), e);
          archived = due.stream().filter(one -> !mayHaveReaders(one)).toList();
        }
      }
      List<List<Due>> batches = new ArrayList<>();
      for (int from = 0; from < archived.size(); from += BATCH) {
        batches.add(archived.subList(from, Math.min(archived.size(), from + BATCH)));
      }
      int remaining =
          ParallelWork.forEach(
              tasks,
              MAX_CONCURRENT_BATCHES,
              batches,
              () -> mayContinue() && !unavailable,
              batch -> attemptBatch(batch, this::check));
      if (remaining > 0) {
        LOG.atWarn()
            .addKeyValue("remaining_batches", remaining)
            .log(
                unavailable
                    ? "reaper stopped freeing; a store is unavailable"
                    : "reaper deadline reached; remaining runs not freed");
      }
    }

    /** Works on a batch; if that fails, on each of its runs. */
    private void attemptBatch(List<Due> batch, Consumer<List<Due>> work) {
      try {
        work.accept(batch);
      } catch (RuntimeException _) {
        int before = log.failures();
        for (Due one : batch) {
          if (mayContinue()) {
            attempt(one, alone -> work.accept(List.of(alone)));
          }
        }
        unavailable |= batch.size() == BATCH && log.failures() - before >= BATCH;
      }
    }

    private void check(List<Due> batch) {
      List<RunId> recent = batch.stream().filter(this::mayHaveReaders).map(Due::runId).toList();
      Map<RunId, Broker.Presence> presence = recent.isEmpty() ? Map.of() : broker.presence(recent);
      List<Due> free = new ArrayList<>();
      for (Due one : batch) {
        Broker.Presence keys = presence.getOrDefault(one.runId(), Broker.Presence.NONE);
        if (keys.open() && retriesFinalization(one)) {
          attempt(one, run -> finalizeRun(run, "archived but not closed since " + run.since()));
        } else if (keys.readers() || (recent.contains(one.runId()) && isSubscribed(one))) {
          attempt(
              one, run -> finalizeRun(run, "readers not notified of the end since " + run.since()));
        } else {
          free.add(one);
        }
      }
      if (!free.isEmpty()) {
        attemptBatch(free, this::drop);
      }
    }

    private boolean isSubscribed(Due one) {
      return subscribed.contains(one.runId());
    }

    private void drop(List<Due> batch) {
      List<RunId> runIds = batch.stream().map(Due::runId).toList();
      broker.drop(runIds);
      catalog.markReleased(runIds);
      for (Due one : batch) {
        log.done(
            ReapAction.ofRun(
                ReapAction.Kind.FREED,
                one.runId(),
                one.run().status().label() + " since " + one.since()));
      }
    }

    private void finalizeRun(Due one, String reason) {
      Run run = one.run();
      Optional<Failure> failure =
          run.status() == RunStatus.FAILED
              ? run.failure().or(() -> Optional.of(new Failure("Unknown", "no reason recorded")))
              : Optional.empty();
      finalizeInvoker.finalizeRun(run.runId(), failure);
      log.done(ReapAction.ofRun(ReapAction.Kind.FINALIZING, run.runId(), reason));
    }

    private void abandon(Due one) {
      Run run = one.run();
      // NotStarted gives a repeated request with the same idempotency key a new run.
      Failure failure =
          hasStarted(run)
              ? Failure.of(
                  ErrorKind.ABANDONED,
                  "no progress since %s, for longer than %s".formatted(one.since(), grace))
              : Failure.of(
                  ErrorKind.NOT_STARTED,
                  "created at %s but no turn started within %s".formatted(one.since(), grace));
      // Fence first: a turn in progress can no longer write.
      if (!catalog.abandon(run.runId(), run.nEvents(), failure, clock.instant())) {
        return;
      }
      try {
        executions.stop(run.runId(), failure.message());
      } catch (RuntimeException e) {
        LOG.atWarn().addKeyValue("run_id", run.runId()).setCause(e).log("failed to stop execution");
      }
      finalizeInvoker.finalizeRun(run.runId(), Optional.of(failure));
      log.done(ReapAction.ofRun(ReapAction.Kind.ABANDONED, run.runId(), failure.message()));
    }
  }

  /**
   * Whether the run has an event of a turn; the events written at its creation have its creation
   * time.
   */
  private static boolean hasStarted(Run run) {
    return run.lastTs().isPresent() && !run.lastTs().get().equals(run.createdAt());
  }

  /** Whether the closing {@code turn_start} is written; no other event has its turn. */
  private static boolean isFullyPlayed(Run run) {
    return hasStarted(run) && run.turnsPlayed() == run.nTurns();
  }
}
