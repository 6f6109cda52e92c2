package arena.comparison;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Cancels a comparison on an operator's request. */
public final class CancelComparison {
  private static final Logger LOG = LoggerFactory.getLogger(CancelComparison.class);

  /** Maximum time in which runs are stopped. A request may take 25 s. */
  static final Duration MAX_STOPPING = Duration.ofSeconds(12);

  private final Comparisons comparisons;
  private final WakeComparisons wake;
  private final StopCells stopCells;
  private final InstantSource clock;

  public CancelComparison(
      Comparisons comparisons, WakeComparisons wake, StopCells stopCells, InstantSource clock) {
    this.comparisons = comparisons;
    this.wake = wake;
    this.stopCells = stopCells;
    this.clock = clock;
  }

  /**
   * Cancels a comparison: no further cell starts, and the runs of those that are played are
   * stopped. Idempotent; a repeated call stops the remaining runs, and so does the reaper.
   *
   * @return the comparison afterwards; empty if it was complete
   * @throws UnknownComparison if there is none of this kind
   * @throws RunsNotStopped if the time was not sufficient to stop all runs
   */
  public Optional<Comparison> cancel(ComparisonKind kind, ComparisonId id) {
    Instant deadline = clock.instant().plus(MAX_STOPPING);
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
    int notStopped = stopCells.stop(comparison, deadline);
    if (notStopped > 0) {
      LOG.atWarn()
          .addKeyValue("comparison_id", id)
          .addKeyValue("remaining", notStopped)
          .log("runs of cancelled comparison not stopped in time");
      throw new RunsNotStopped(notStopped);
    }
    return Optional.of(require(kind, id));
  }

  private Comparison require(ComparisonKind kind, ComparisonId id) {
    return comparisons
        .find(id)
        .filter(comparison -> comparison.kind() == kind)
        .orElseThrow(() -> new UnknownComparison(id.value()));
  }
}
