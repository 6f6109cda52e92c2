package arena.lifecycle;

import arena.broker.Broker;
import arena.catalog.Catalog;
import arena.run.Run;
import arena.run.RunId;
import arena.run.UnknownRun;
import arena.stream.FanOutInvoker;

/**
 * Closes an archived run in the broker and wakes the fan-out, which notifies its readers. Separate
 * from {@link FinalizeRun}, because a run does not wait for its broker to be complete. Idempotent.
 */
public final class CloseRun {
  private final Catalog catalog;
  private final Broker broker;
  private final FanOutInvoker fanOutInvoker;

  public CloseRun(Catalog catalog, Broker broker, FanOutInvoker fanOutInvoker) {
    this.catalog = catalog;
    this.broker = broker;
    this.fanOutInvoker = fanOutInvoker;
  }

  /**
   * Closes a run.
   *
   * @throws UnknownRun if the run does not exist
   * @throws IllegalStateException if it is not archived
   * @throws arena.error.DependencyUnavailable if the broker or the fan-out is unavailable; must be
   *     retried, because no later publish would wake the fan-out
   */
  public void close(RunId runId) {
    Run run = catalog.find(runId).orElseThrow(() -> new UnknownRun(runId));
    if (!run.archived()) {
      throw new IllegalStateException("run %s is not archived".formatted(runId));
    }
    // Events that the broker lacks are read from the archive.
    broker.close(runId);
    fanOutInvoker.wake(runId);
  }
}
