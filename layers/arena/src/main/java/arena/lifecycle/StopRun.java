package arena.lifecycle;

import arena.catalog.Catalog;
import arena.run.Failure;
import arena.run.Run;
import arena.run.RunStatus;
import arena.run.UnknownRun;
import java.time.InstantSource;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends a run that plays, because an operator says so. Fenced first, as the reaper does it: from
 * then on nothing can be written to it; then it is archived and closed like any other that failed.
 */
public final class StopRun {
  /** The code of a stopped run's failure. */
  public static final String CODE = "Stopped";

  private static final Logger LOG = LoggerFactory.getLogger(StopRun.class);

  private final Catalog catalog;
  private final ReplayExecutions executions;
  private final FinalizeInvoker finalizeInvoker;
  private final InstantSource clock;

  /** Stops runs in these. */
  public StopRun(
      Catalog catalog,
      ReplayExecutions executions,
      FinalizeInvoker finalizeInvoker,
      InstantSource clock) {
    this.catalog = catalog;
    this.executions = executions;
    this.finalizeInvoker = finalizeInvoker;
    this.clock = clock;
  }

  /**
   * Stops it. Done again it changes nothing, and goes on with what is not yet done.
   *
   * @return its row afterwards; empty if it had ended otherwise before
   * @throws UnknownRun if there is no such run
   */
  public Optional<Run> stop(String runId) {
    find(runId);
    Failure failure = new Failure(CODE, "an operator stopped it");
    if (catalog.fail(runId, failure, clock.instant())) {
      LOG.info("an operator stopped run {}", runId);
    }
    Run run = find(runId);
    boolean stopped =
        run.status() == RunStatus.FAILED
            && run.failure().filter(why -> why.code().equals(CODE)).isPresent();
    if (!stopped) {
      return Optional.empty();
    }
    if (!run.archived()) {
      try {
        executions.stop(runId, failure.message());
      } catch (RuntimeException e) {
        LOG.warn("the replay of run {} was not stopped; its next turn stops it", runId, e);
      }
      finalizeInvoker.finalizeRun(runId, run.failure());
    }
    return Optional.of(run);
  }

  private Run find(String runId) {
    return catalog.find(runId).orElseThrow(() -> new UnknownRun(runId));
  }
}
