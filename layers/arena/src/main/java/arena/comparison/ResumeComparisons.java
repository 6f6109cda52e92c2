package arena.comparison;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Resumes comparisons whose execution ended before they did, or was never started. Cells that have
 * ended are not played again. Stops the runs of cancelled comparisons that their cancellation did
 * not stop.
 */
public final class ResumeComparisons {
  private static final Logger LOG = LoggerFactory.getLogger(ResumeComparisons.class);

  /** Maximum number of executions of a comparison, after which its cells are failed. */
  public static final int MAX_GENERATIONS = 20;

  /** Maximum time that a comparison waits for others. */
  static final Duration MAX_WAIT = Duration.ofHours(24);

  private final Comparisons comparisons;
  private final ComparisonArchive archive;
  private final WakeComparisons wake;
  private final EndCell endCell;
  private final StopCells stopCells;
  private final ComparisonExecutions executions;
  private final InstantSource clock;

  public ResumeComparisons(
      Comparisons comparisons,
      ComparisonArchive archive,
      EndCell endCell,
      StopCells stopCells,
      ComparisonExecutions executions,
      InstantSource clock) {
    this.comparisons = comparisons;
    this.archive = archive;
    this.endCell = endCell;
    this.stopCells = stopCells;
    this.wake = new WakeComparisons(comparisons, executions);
    this.executions = executions;
    this.clock = clock;
  }

  /**
   * The result of {@link #resume}.
   *
   * @param resumed number of executions that were started
   * @param failed number of comparisons that could not be checked or resumed; each is logged
   */
  public record Report(int resumed, int failed) {}

  /**
   * Resumes open comparisons.
   *
   * @param deadline none is resumed after this time
   */
  public Report resume(Instant deadline) {
    List<Comparison> open = comparisons.open(Comparisons.MAX_OPEN);
    ComparisonQueue queue = comparisons.queue();
    int resumed = 0;
    int failed = 0;
    for (Comparison comparison : open) {
      if (!clock.instant().isBefore(deadline)) {
        break;
      }
      try {
        if (comparison.status() == ComparisonStatus.CANCELLED) {
          stopCells.stop(comparison, deadline);
        }
        resumed += resume(comparison, queue) ? 1 : 0;
      } catch (RuntimeException e) {
        failed++;
        LOG.atError()
            .addKeyValue("comparison_id", comparison.id())
            .setCause(e)
            .log("failed to resume comparison");
      }
    }
    return new Report(resumed, failed);
  }

  private boolean resume(Comparison comparison, ComparisonQueue queue) {
    ComparisonId id = comparison.id();
    if (waits(comparison, queue)) {
      return false;
    }
    int generation = comparison.progress().generation();
    switch (executions.state(id, generation)) {
      case RUNNING -> {
        return false;
      }
      case UNKNOWN -> executions.start(id, generation);
      case ENDED -> {
        if (generation + 1 >= MAX_GENERATIONS) {
          abandon(comparison);
          return false;
        }
        if (!wake.startNext(comparison)) {
          return false;
        }
      }
    }
    LOG.atWarn()
        .addKeyValue("comparison_id", id)
        .addKeyValue("generation", generation)
        .log("comparison resumed");
    return true;
  }

  /** Whether a comparison has to wait for others; one that has waited for too long is stopped. */
  private boolean waits(Comparison comparison, ComparisonQueue queue) {
    ComparisonId id = comparison.id();
    Optional<ComparisonId> other = queue.ahead(id).stream().findFirst();
    if (comparison.status() != ComparisonStatus.WAITING || other.isEmpty()) {
      return false;
    }
    Instant since = queue.entry(id).orElseThrow().since();
    if (clock.instant().isBefore(since.plus(MAX_WAIT))) {
      return true;
    }
    if (comparisons.stop(id, StopReason.WAITED)) {
      LOG.atWarn()
          .addKeyValue("comparison_id", id)
          .addKeyValue("waits_for", other.get())
          .log("comparison waited too long for others");
    }
    return false;
  }

  /** Ends a comparison that all its executions could not end. */
  private void abandon(Comparison comparison) {
    comparisons.stop(comparison.id(), StopReason.ABANDONED);
    for (Cell cell : comparisons.cells(comparison)) {
      if (cell.state() == Cell.State.RUNNING) {
        endCell.abandon(comparison.id(), cell);
      }
    }
    Comparison ended = comparisons.find(comparison.id()).orElseThrow();
    archive.write(ended, comparisons.cells(ended));
    comparisons.release(comparison.id());
    wake.wakeNext();
    LOG.atError().addKeyValue("comparison_id", comparison.id()).log("comparison abandoned");
  }
}
