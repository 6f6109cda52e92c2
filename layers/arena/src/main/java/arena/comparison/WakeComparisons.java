package arena.comparison;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts the executions of waiting comparisons whose turn it is. The execution of a comparison that
 * has to wait ends; the release of the one before it starts the next execution, and the reaper does
 * if the task that released it stopped before that.
 */
public final class WakeComparisons {
  private static final Logger LOG = LoggerFactory.getLogger(WakeComparisons.class);

  private final Comparisons comparisons;
  private final ComparisonExecutions executions;

  public WakeComparisons(Comparisons comparisons, ComparisonExecutions executions) {
    this.comparisons = comparisons;
    this.executions = executions;
  }

  /** Starts the executions of those that wait and may play. Idempotent. */
  void wakeNext() {
    for (ComparisonId id : comparisons.queue().next()) {
      comparisons
          .find(id)
          .filter(comparison -> comparison.status() == ComparisonStatus.WAITING)
          .ifPresent(this::wake);
    }
  }

  private void wake(Comparison comparison) {
    int generation = comparison.progress().generation();
    if (comparisons.wake(comparison.id(), generation)) {
      executions.start(comparison.id(), generation + 1);
      LOG.atInfo()
          .addKeyValue("comparison_id", comparison.id())
          .addKeyValue("generation", generation + 1)
          .log("waiting comparison woken");
    }
  }

  /**
   * Starts the next execution of a comparison that does not wait. Idempotent.
   *
   * @return false if another call was first
   */
  boolean startNext(Comparison comparison) {
    int generation = comparison.progress().generation();
    if (!comparisons.nextGeneration(comparison.id(), generation)) {
      return false;
    }
    executions.start(comparison.id(), generation + 1);
    return true;
  }
}
