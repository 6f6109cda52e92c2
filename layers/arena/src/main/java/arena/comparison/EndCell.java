package arena.comparison;

import arena.catalog.Catalog;
import arena.error.ErrorKind;
import arena.journal.Journal;
import arena.lifecycle.StopRun;
import arena.run.Failure;
import arena.run.Run;
import arena.run.RunStatus;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Ends cells with the results of their runs. */
public final class EndCell {
  private static final Logger LOG = LoggerFactory.getLogger(EndCell.class);

  /** Maximum time that a cell waits for its run: a run has six hours, and its end an hour. */
  static final Duration MAX_WAIT_FOR_RUN = Duration.ofHours(7);

  /** Maximum time that an ended run's archive is waited for; its cost is unknown without it. */
  static final Duration MAX_WAIT_FOR_ARCHIVE = Duration.ofHours(1);

  /** Maximum time that a cell waits for a run that could not be created. */
  static final Duration MAX_WAIT_FOR_CREATION = Duration.ofMinutes(10);

  /** The waits for a run: they grow with the time waited, so that a history is bounded. */
  private static final int FIRST_WAIT_SECONDS = 5;

  private static final int LONGEST_WAIT_SECONDS = 1_800;

  /** Events of a fork before its first turn: {@code fork} and {@code world_mutation}. */
  private static final int MAX_FIRST_EVENTS = 2;

  private final Comparisons comparisons;
  private final Catalog catalog;
  private final CellOutcomes outcomes;
  private final StopRun stopRun;
  private final InstantSource clock;

  public EndCell(
      Comparisons comparisons,
      Catalog catalog,
      Journal journal,
      StopRun stopRun,
      InstantSource clock) {
    this.comparisons = comparisons;
    this.catalog = catalog;
    this.outcomes = new CellOutcomes(journal);
    this.stopRun = stopRun;
    this.clock = clock;
  }

  /** The result of {@link #end}. */
  public sealed interface Result {
    /** The cell has ended. */
    record Done() implements Result {}

    /** The run has not ended: end the cell after this time. */
    record Wait(int seconds) implements Result {}

    /** The run has not started: start the cell again after this time. */
    record Restart(int seconds) implements Result {}
  }

  /**
   * Ends a cell with the result of its run.
   *
   * @param waited seconds that the cell has waited for its run
   */
  public Result end(Comparison comparison, int number, long waited) {
    ComparisonId id = comparison.id();
    Cell cell = comparisons.cell(comparison, number);
    if (cell.state() != Cell.State.RUNNING) {
      return new Result.Done(); // also one that could not be started, which a later pass starts
    }
    Optional<Run> run = catalog.find(cell.runId());
    if (run.isEmpty()) {
      return waited < MAX_WAIT_FOR_CREATION.toSeconds()
          ? new Result.Restart(secondsAfter(waited))
          : end(cell, id, failed(ErrorKind.NOT_STARTED, "the run of the cell was not created"));
    }
    if (run.get().status() == RunStatus.RUNNING) {
      return running(id, cell, run.get(), waited);
    }
    if (!run.get().archived() && waited < MAX_WAIT_FOR_ARCHIVE.toSeconds()) {
      return new Result.Wait(secondsAfter(waited));
    }
    return end(cell, id, outcomes.of(run.get()));
  }

  private static int secondsAfter(long waited) {
    return Math.clamp(waited, FIRST_WAIT_SECONDS, LONGEST_WAIT_SECONDS);
  }

  /**
   * Ends a running cell without further waits: with the result of its run if that has ended, else
   * as abandoned, and stops the run.
   */
  void abandon(ComparisonId id, Cell cell) {
    Optional<Run> run = catalog.find(cell.runId());
    if (run.filter(row -> row.status() != RunStatus.RUNNING).isPresent()) {
      end(cell, id, outcomes.of(run.get()));
      return;
    }
    run.ifPresent(row -> stopRun.stop(row.runId()));
    end(cell, id, failed(ErrorKind.ABANDONED, "no execution of the comparison could end the cell"));
  }

  private Result running(ComparisonId id, Cell cell, Run run, long waited) {
    if (waited >= MAX_WAIT_FOR_RUN.toSeconds()) {
      stopRun.stop(run.runId());
      return end(
          cell,
          id,
          failed(
              ErrorKind.ABANDONED,
              String.format(Locale.ROOT, "not ended within %d hours", MAX_WAIT_FOR_RUN.toHours())));
    }
    int seconds = secondsAfter(waited);
    // Without an event of a turn, the run's execution may not have been started.
    return run.nEvents() <= MAX_FIRST_EVENTS
        ? new Result.Restart(seconds)
        : new Result.Wait(seconds);
  }

  private Result end(Cell cell, ComparisonId id, CellOutcome outcome) {
    if (comparisons.end(id, cell.number(), outcome, clock.instant())) {
      LOG.atInfo()
          .addKeyValue("comparison_id", id)
          .addKeyValue("cell", cell.number())
          .addKeyValue("run_id", cell.runId())
          .addKeyValue("state", outcome.state().label())
          .addKeyValue("cost_usd", outcome.costUsd())
          .log("cell ended");
    }
    return new Result.Done();
  }

  private static CellOutcome failed(ErrorKind kind, String message) {
    return CellOutcome.failed(Failure.of(kind, message));
  }
}
