package arena.lifecycle;

import arena.broker.Broker;
import arena.broker.Subscribers;
import arena.catalog.Catalog;
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
 * Frees the broker's memory: of runs that ended and are archived, once the grace is over, and of
 * running ones that went silent for the grace, which it fails first. It and {@link ReapOrphans} are
 * the only ones that drop a buffer, and it may run twice at once. It says what it did, as it does
 * it.
 */
public final class ReapRuns {
  private static final Logger LOG = LoggerFactory.getLogger(ReapRuns.class);

  /** Most runs that one reaping looks at, oldest first; the next one takes the rest. */
  private static final int MAX_RUNS = 10_000;

  /** For so many graces it is tried to end a run well, before it is ended anyhow. */
  private static final int PATIENCE = 3;

  private final Catalog catalog;
  private final Broker broker;
  private final Subscribers subscribers;
  private final Connections connections;
  private final ReplayExecutions executions;
  private final FinalizeInvoker finalizeInvoker;
  private final Duration grace;
  private final InstantSource clock;

  /** Reaps in these, after this grace. */
  public ReapRuns(
      Catalog catalog,
      Broker broker,
      Subscribers subscribers,
      Connections connections,
      ReplayExecutions executions,
      FinalizeInvoker finalizeInvoker,
      Duration grace,
      InstantSource clock) {
    this.catalog = catalog;
    this.broker = broker;
    this.subscribers = subscribers;
    this.connections = connections;
    this.executions = executions;
    this.finalizeInvoker = finalizeInvoker;
    this.grace = grace;
    this.clock = clock;
  }

  /**
   * Looks at every run that the broker may hold. One that cannot be reaped is no reason to leave
   * the others.
   *
   * @param deadline after which no further run is begun; the next reaping takes the rest
   */
  public ReapReport reap(Instant deadline) {
    List<ReapAction> reaped = new ArrayList<>();
    int failed = 0;
    int looked = 0;
    List<Run> held = catalog.held(MAX_RUNS);
    if (held.size() == MAX_RUNS) {
      LOG.warn("only the oldest {} runs are looked at, of those that the broker holds", MAX_RUNS);
    }
    for (Run run : held) {
      if (!clock.instant().isBefore(deadline)) {
        LOG.warn("{} of {} runs are left to the next reaping", held.size() - looked, held.size());
        break;
      }
      looked++;
      try {
        Optional<ReapAction> done = reap(run);
        if (done.isPresent()) {
          done.get().log(LOG);
          reaped.add(done.get());
        }
      } catch (RuntimeException e) {
        LOG.atError().addKeyValue("run_id", run.runId()).setCause(e).log("a run was not reaped");
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
    boolean hasTime = since.plus(grace.multipliedBy(PATIENCE)).isAfter(now);
    if (run.status() == RunStatus.RUNNING) {
      return isPlayed(run) && hasTime
          ? finalizing(run, "played to its end but not finalized since " + since)
          : abandon(run, since, now);
    }
    if (!run.archived()) {
      return finalizing(run, "ended but not archived since " + since);
    }
    if (hasTime && broker.buffer(run.runId()).open()) {
      return finalizing(run, "archived but not closed since " + since);
    }
    if (hasTime && (!subscribers.cursors(run.runId()).isEmpty() || hasLostReaders(run))) {
      return finalizing(run, "its readers were not told of its end at " + since);
    }
    broker.close(run.runId());
    broker.drop(run.runId());
    catalog.released(run.runId());
    return Optional.of(
        ReapAction.ofRun(
            ReapAction.Kind.FREED, run.runId(), run.status().label() + " since " + since));
  }

  /** Whether somebody subscribes to it whose cursor the broker has lost. */
  private boolean hasLostReaders(Run run) {
    return !connections.subscribers(run.runId()).isEmpty();
  }

  /**
   * Whether anything follows what the run was created with, which is as old as the run. If not,
   * either its creator died before the replay was started, or the replay before its first event.
   */
  private static boolean isBegun(Run run) {
    return run.lastTs().isPresent() && !run.lastTs().get().equals(run.createdAt());
  }

  /** Whether the closing {@code turn_start} is written: nothing else has its turn. */
  private static boolean isPlayed(Run run) {
    return isBegun(run) && run.turnsPlayed() == run.nTurns();
  }

  private Optional<ReapAction> finalizing(Run run, String why) {
    Optional<Failure> failure =
        run.status() == RunStatus.FAILED
            ? run.failure().or(() -> Optional.of(new Failure("Unknown", "it was not told why")))
            : Optional.empty();
    finalizeInvoker.finalizeRun(run.runId(), failure);
    return Optional.of(ReapAction.ofRun(ReapAction.Kind.FINALIZING, run.runId(), why));
  }

  private Optional<ReapAction> abandon(Run run, Instant since, Instant now) {
    // Who asked for a run that never began, and asks again with the same key, gets another one.
    Failure failure =
        isBegun(run)
            ? new Failure(
                "Abandoned", "no progress since %s, for longer than %s".formatted(since, grace))
            : new Failure(
                ReplayNotStarted.CODE,
                "it was created at %s and no turn began within %s".formatted(since, grace));
    // The fence first: from here on a turn that wakes up late cannot write.
    if (!catalog.abandon(run.runId(), run.nEvents(), failure, now)) {
      return Optional.empty();
    }
    try {
      executions.stop(run.runId(), failure.message());
    } catch (RuntimeException e) {
      LOG.atWarn()
          .addKeyValue("run_id", run.runId())
          .setCause(e)
          .log("the replay was not stopped; its next turn stops it");
    }
    finalizeInvoker.finalizeRun(run.runId(), Optional.of(failure));
    return Optional.of(ReapAction.ofRun(ReapAction.Kind.ABANDONED, run.runId(), failure.message()));
  }
}
