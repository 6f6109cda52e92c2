package arena.lifecycle;

import arena.archive.Archive;
import arena.catalog.Catalog;
import arena.error.ErrorKind;
import arena.journal.Journal;
import arena.metrics.Metric;
import arena.metrics.Metrics;
import arena.run.Failure;
import arena.run.Run;
import arena.run.RunId;
import arena.run.UnknownRun;
import java.time.InstantSource;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finalizes a run: archive, then catalog. The order guarantees that its events are readable at
 * every moment. Every step is idempotent. {@link CloseRun} comes after it. The journal's entries
 * expire by themselves; see {@link Journal}.
 */
public final class FinalizeRun {
  private static final Logger LOG = LoggerFactory.getLogger(FinalizeRun.class);

  private final Catalog catalog;
  private final Journal journal;
  private final Archive archive;
  private final InstantSource clock;
  private final Metrics metrics;

  public FinalizeRun(
      Catalog catalog, Journal journal, Archive archive, InstantSource clock, Metrics metrics) {
    this.catalog = catalog;
    this.journal = journal;
    this.archive = archive;
    this.clock = clock;
    this.metrics = metrics;
  }

  /**
   * Finalizes a run.
   *
   * @param failure the run's failure; empty if all turns were played
   * @return the updated run
   * @throws UnknownRun if the run does not exist
   */
  public Run finalizeRun(RunId runId, Optional<Failure> failure) {
    // Fence first: a turn in progress must not write after the archive is written.
    failure.ifPresent(why -> catalog.fail(runId, why, clock.instant()));
    Run run = find(runId);
    if (!run.archived()) {
      String address = archive.write(run, new JournaledEvents(journal, run));
      boolean first = catalog.markArchived(runId, address, summary(run), clock.instant());
      run = find(runId);
      if (first) {
        run.failure().ifPresent(this::countFailure);
      }
    }
    return run;
  }

  /** The events of a recorded run have its parent's costs, but it called no model itself. */
  private Run.Summary summary(Run run) {
    Run.Summary summary = archive.summary(run);
    return run.profile().isRecorded() ? summary.withoutCalls() : summary;
  }

  /** Called once for each failed run, also if its finalization is repeated. */
  private void countFailure(Failure why) {
    ErrorKind cause = why.kind().cause();
    metrics.count(Metric.RUNS_FAILED, cause);
    LOG.atError()
        .addKeyValue("cause", cause.label())
        .addKeyValue("code", why.code())
        .addKeyValue("reason", why.message())
        .log("run failed");
  }

  private Run find(RunId runId) {
    return catalog.find(runId).orElseThrow(() -> new UnknownRun(runId));
  }
}
