package arena.lifecycle;

import arena.catalog.Catalog;
import arena.error.ErrorKind;
import arena.run.Failure;
import arena.run.Run;
import arena.run.RunId;
import arena.run.RunStatus;
import arena.run.UnknownRun;
import java.time.InstantSource;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stops a running run on an operator's request: fences it, so that no more events can be written,
 * then finalizes it as failed.
 */
public final class StopRun {
  private static final Logger LOG = LoggerFactory.getLogger(StopRun.class);

  private final Catalog catalog;
  private final ReplayExecutions executions;
  private final FinalizeInvoker finalizeInvoker;
  private final InstantSource clock;

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
   * Stops a run. Idempotent; a repeated call completes the remaining steps.
   *
   * @return the stopped run; empty if the run had already ended otherwise
   * @throws UnknownRun if the run does not exist
   */
  public Optional<Run> stop(RunId runId) {
    find(runId);
    Failure failure = Failure.of(ErrorKind.STOPPED, "stopped by an operator");
    if (catalog.fail(runId, failure, clock.instant())) {
      LOG.atInfo().addKeyValue("run_id", runId).log("run stopped by operator");
    }
    Run run = find(runId);
    boolean stopped =
        run.status() == RunStatus.FAILED
            && run.failure().filter(why -> why.kind() == ErrorKind.STOPPED).isPresent();
    if (!stopped) {
      return Optional.empty();
    }
    if (!run.archived()) {
      try {
        executions.stop(runId, failure.message());
      } catch (RuntimeException e) {
        LOG.atWarn().addKeyValue("run_id", runId).setCause(e).log("failed to stop execution");
      }
      finalizeInvoker.finalizeRun(runId, run.failure());
    }
    return Optional.of(run);
  }

  private Run find(RunId runId) {
    return catalog.find(runId).orElseThrow(() -> new UnknownRun(runId));
  }
}
