package arena.lifecycle;

import arena.catalog.Catalog;
import arena.catalog.ReaperSummary;
import arena.run.Run;
import arena.run.RunId;
import arena.run.RunStatus;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the parts of the reaper one after another. Each has its share of the time, so that many runs
 * do not keep the others from their work; time that a part leaves is for those after it. A failure
 * of a part does not affect the others.
 */
public final class Reaper {
  private static final Logger LOG = LoggerFactory.getLogger(Reaper.class);

  // Shares of the time, in percent; the connections have the rest. Clients wait for stalled runs.
  private static final int RUNS_SHARE = 60;
  private static final int ORPHANS_SHARE = 20;

  private final Catalog catalog;
  private final ReapRuns runs;
  private final ReapOrphans orphans;
  private final ReapConnections connections;
  private final InstantSource clock;

  public Reaper(
      Catalog catalog,
      ReapRuns runs,
      ReapOrphans orphans,
      ReapConnections connections,
      InstantSource clock) {
    this.catalog = catalog;
    this.runs = runs;
    this.orphans = orphans;
    this.connections = connections;
    this.clock = clock;
  }

  /**
   * The reports of the parts.
   *
   * @param longestSilence the longest time since the last event of a run that is still running
   */
  public record Report(
      ReapReport runs, ReapReport orphans, ReapReport connections, Duration longestSilence) {
    /** Number of failures. */
    public int failed() {
      return runs.failed() + orphans.failed() + connections.failed();
    }

    /** The actions of all parts. */
    public List<ReapAction> actions() {
      return Stream.of(runs, orphans, connections).flatMap(part -> part.reaped().stream()).toList();
    }

    /**
     * Sums up the reports.
     *
     * @param at when the reaper finished
     */
    public ReaperSummary summary(Instant at) {
      return new ReaperSummary(
          at,
          actions().stream()
              .collect(Collectors.groupingBy(one -> one.kind().label(), Collectors.counting())),
          failed(),
          longestSilence,
          actions().stream()
              .filter(action -> action.kind() == ReapAction.Kind.ABANDONED)
              .flatMap(
                  action ->
                      action.runId().stream()
                          .map(run -> new ReaperSummary.EndedRun(run, action.reason())))
              .toList());
    }
  }

  /**
   * Runs all parts.
   *
   * @param deadline nothing is started after this time
   * @throws arena.error.DependencyUnavailable if the catalog is unavailable
   */
  public Report reap(Instant deadline) {
    Instant start = clock.instant();
    Duration percent = Duration.between(start, deadline).dividedBy(100);
    Instant runsUntil = start.plus(percent.multipliedBy(RUNS_SHARE));
    Instant orphansUntil = runsUntil.plus(percent.multipliedBy(ORPHANS_SHARE));
    List<Run> held = catalog.held(Catalog.MAX_HELD);
    if (held.size() == Catalog.MAX_HELD) {
      LOG.atWarn().addKeyValue("limit", Catalog.MAX_HELD).log("reaper reached its limit of runs");
    }
    ReapReport ofRuns = part("runs", () -> runs.reap(held, runsUntil));
    ReapReport ofOrphans = part("orphans", () -> orphans.reap(held, orphansUntil));
    ReapReport ofConnections = part("connections", () -> connections.reap(deadline));
    return new Report(ofRuns, ofOrphans, ofConnections, longestSilence(held, ofRuns, start));
  }

  private static ReapReport part(String name, Supplier<ReapReport> part) {
    try {
      return part.get();
    } catch (RuntimeException e) {
      LOG.atError().addKeyValue("part", name).setCause(e).log("part of the reaper failed");
      return new ReapReport(List.of(), 1);
    }
  }

  private static Duration longestSilence(List<Run> held, ReapReport report, Instant now) {
    Set<RunId> abandoned =
        report.reaped().stream()
            .filter(action -> action.kind() == ReapAction.Kind.ABANDONED)
            .flatMap(action -> action.runId().stream())
            .collect(Collectors.toSet());
    return held.stream()
        .filter(run -> run.status() == RunStatus.RUNNING && !abandoned.contains(run.runId()))
        .map(run -> Duration.between(run.lastTs().orElse(run.createdAt()), now))
        .max(Comparator.naturalOrder())
        .filter(Duration::isPositive)
        .orElse(Duration.ZERO);
  }
}
