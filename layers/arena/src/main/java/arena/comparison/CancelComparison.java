package arena.comparison;

import arena.lifecycle.StopRun;
import arena.run.UnknownRun;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Cancels a comparison on an operator's request. */
public final class CancelComparison {
  private static final Logger LOG = LoggerFactory.getLogger(CancelComparison.class);

  private final Comparisons comparisons;
  private final WakeComparisons wake;
  private final StopRun stopRun;

  public CancelComparison(Comparisons comparisons, WakeComparisons wake, StopRun stopRun) {
    this.comparisons = comparisons;
    this.wake = wake;
    this.stopRun = stopRun;
  }

  /**
   * Cancels a comparison: no further cell starts, and the runs of those that are played are
   * stopped. Idempotent; a repeated call stops the remaining runs.
   *
   * @return the comparison afterwards; empty if it was complete
   * @throws UnknownComparison if there is none of this kind
   */
  public Optional<Comparison> cancel(ComparisonKind kind, ComparisonId id) {
    boolean waited = require(kind, id).status() == ComparisonStatus.WAITING;
    if (comparisons.stop(id, StopReason.CANCELLED)) {
      LOG.atInfo().addKeyValue("comparison_id", id).log("comparison cancelled by operator");
    }
    Comparison comparison = require(kind, id);
    if (comparison.status() == ComparisonStatus.COMPLETE) {
      return Optional.empty();
    }
    // If it waited, no execution is there that would end it; also if it began to wait only after
    // it was read, which nothing shows any more but that no cell is left.
    Comparison.Progress left = comparison.progress();
    if (waited || (left.open() && left.cells().pending() == 0)) {
      wake.startNext(comparison);
    }
    for (Cell cell : comparisons.cells(comparison)) {
      if (cell.state() == Cell.State.RUNNING) {
        stop(cell);
      }
    }
    return Optional.of(require(kind, id));
  }

  private void stop(Cell cell) {
    try {
      stopRun.stop(cell.runId());
    } catch (UnknownRun _) {
      // being created: the task that creates it stops it
    }
  }

  private Comparison require(ComparisonKind kind, ComparisonId id) {
    return comparisons
        .find(id)
        .filter(comparison -> comparison.kind() == kind)
        .orElseThrow(() -> new UnknownComparison(id.value()));
  }
}
