package arena.lifecycle;

import arena.broker.Broker;
import arena.broker.Subscribers;
import arena.catalog.Catalog;
import arena.error.ErrorKind;
import arena.journal.Journal;
import arena.run.Failure;
import arena.run.Run;
import arena.run.RunStatus;
import arena.stream.Connections;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Frees the broker's memory of archived runs after the grace period, and fails running runs that
 * made no progress for the grace period. Only this class and {@link ReapOrphans} drop buffers. Safe
 * to run concurrently.
 */
public final class ReapRuns {
  private static final Logger LOG = LoggerFactory.getLogger(ReapRuns.class);

  /** Maximum number of runs per run of the reaper, oldest first. */
  private static final int MAX_RUNS = 10_000;

  /** Number of grace periods in which finalization is retried before the run is ended anyway. */
  private static final int FINALIZATION_GRACES = 3;

  private final Catalog catalog;
  private final Journal journal;
  private final Broker broker;
  private final Subscribers subscribers;
  private final Connections connections;
  private final ReplayExecutions executions;
  private final FinalizeInvoker finalizeInvoker;
  private final Duration grace;
  private final InstantSource clock;

  public ReapRuns(
      Stores stores,
      ReplayExecutions executions,
      FinalizeInvoker finalizeInvoker,
      Duration grace,
      InstantSource clock) {
    this.catalog = stores.catalog();
    this.journal = stores.journal();
    this.broker = stores.broker();
    this.subscribers = stores.subscribers();
    this.connections = stores.connections();
    this.executions = executions;
    this.finalizeInvoker = finalizeInvoker;
    this.grace = grace;
    this.clock = clock;
  }

  /** The stores that the reaper reads and writes. */
  public record Stores(
      Catalog catalog,
      Journal journal,
      Broker broker,
      Subscribers subscribers,
      Connections connections) {}

  /**
   * Checks every run that the broker may hold. A failure for one does not affect the others.
   *
   * @param deadline no further run is checked after this time
   */
  public ReapReport reap(Instant deadline) {
    List<ReapAction> reaped = new ArrayList<>();
    int failed = 0;
    int checked = 0;
    List<Run> held = catalog.held(MAX_RUNS);
    if (held.size() == MAX_RUNS) {
      LOG.atWarn().addKeyValue("limit", MAX_RUNS).log("reaper reached its limit of runs");
    }
    for (Run run : held) {
      if (!clock.instant().isBefore(deadline)) {
        LOG.atWarn()
            .addKeyValue("remaining", held.size() - checked)
            .log("reaper deadline reached; remaining runs not checked");
        break;
      }
      checked++;
      try {
        Optional<ReapAction> done = reap(run);
        if (done.isPresent()) {
          done.get().log(LOG);
          reaped.add(done.get());
        }
      } catch (RuntimeException e) {
        LOG.atError().addKeyValue("run_id", run.runId()).setCause(e).log("failed to reap run");
        failed++;
      }
    }
    return new ReapReport(List.copyOf(reaped), failed);
  }

  private Optional<ReapAction> reap(Run run) {
    Instant now = clock.instant();
    Instant since = run.endedAt().or(run::lastTs).orElse(run.createdAt());
    if (since.plus(grace).isAfter(now)) {
      return Optional.empty();
    }
    boolean retryFinalization = since.plus(grace.multipliedBy(FINALIZATION_GRACES)).isAfter(now);
    if (run.status() == RunStatus.RUNNING) {
      return isFullyPlayed(run) && retryFinalization
          ? finalizing(run, "all turns played but not finalized since " + since)
          : abandon(run, since, now);
    }
    if (!run.archived()) {
      try {
        return finalizing(run, "ended but not archived since " + since);
      } finally {
        journal.postponeExpiry(run.runId()); // finalization may fail for weeks
      }
    }
    if (retryFinalization && broker.buffer(run.runId()).open()) {
      return finalizing(run, "archived but not closed since " + since);
    }
    if (retryFinalization
        && (!subscribers.cursors(run.runId()).isEmpty() || hasSubscriptions(run))) {
      return finalizing(run, "readers not notified of the end since " + since);
    }
    broker.drop(run.runId());
    catalog.markReleased(run.runId());
    return Optional.of(
        ReapAction.ofRun(
            ReapAction.Kind.FREED, run.runId(), run.status().label() + " since " + since));
  }

  /** Whether the run has subscriptions whose cursors the broker may have lost. */
  private boolean hasSubscriptions(Run run) {
    return !connections.subscribers(run.runId()).isEmpty();
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

  private Optional<ReapAction> finalizing(Run run, String reason) {
    Optional<Failure> failure =
        run.status() == RunStatus.FAILED
            ? run.failure().or(() -> Optional.of(new Failure("Unknown", "no reason recorded")))
            : Optional.empty();
    finalizeInvoker.finalizeRun(run.runId(), failure);
    return Optional.of(ReapAction.ofRun(ReapAction.Kind.FINALIZING, run.runId(), reason));
  }

  private Optional<ReapAction> abandon(Run run, Instant since, Instant now) {
    // NotStarted gives a repeated request with the same idempotency key a new run.
    Failure failure =
        hasStarted(run)
            ? Failure.of(
                ErrorKind.ABANDONED,
                "no progress since %s, for longer than %s".formatted(since, grace))
            : Failure.of(
                ErrorKind.NOT_STARTED,
                "created at %s but no turn started within %s".formatted(since, grace));
    // Fence first: a turn in progress can no longer write.
    if (!catalog.abandon(run.runId(), run.nEvents(), failure, now)) {
      return Optional.empty();
    }
    try {
      executions.stop(run.runId(), failure.message());
    } catch (RuntimeException e) {
      LOG.atWarn().addKeyValue("run_id", run.runId()).setCause(e).log("failed to stop execution");
    }
    finalizeInvoker.finalizeRun(run.runId(), Optional.of(failure));
    return Optional.of(ReapAction.ofRun(ReapAction.Kind.ABANDONED, run.runId(), failure.message()));
  }
}
