package arena.comparison;

import arena.lifecycle.StopRun;
import arena.run.UnknownRun;
import arena.stream.ParallelWork;
import arena.stream.TaskRunner;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Stops the runs of a cancelled comparison, several at a time. */
public final class StopCells {
  /**
   * Maximum number of runs that are stopped at a time. Each takes four to six calls; 200 runs one
   * after the other would exceed the timeout of a request.
   */
  static final int MAX_CONCURRENT = 16;

  private final Comparisons comparisons;
  private final StopRun stopRun;
  private final TaskRunner tasks;
  private final InstantSource clock;

  public StopCells(
      Comparisons comparisons, StopRun stopRun, TaskRunner tasks, InstantSource clock) {
    this.comparisons = comparisons;
    this.stopRun = stopRun;
    this.tasks = tasks;
    this.clock = clock;
  }

  /**
   * Stops the runs of the cells that are played. Idempotent; a repeated call stops the remaining
   * runs.
   *
   * @param deadline no further run is stopped after this time
   * @return the number of runs that were not stopped
   * @throws RuntimeException the first failure, after the other runs were stopped
   */
  int stop(Comparison comparison, Instant deadline) {
    List<Cell> played =
        comparisons.cells(comparison).stream()
            .filter(cell -> cell.state() == Cell.State.RUNNING)
            .toList();
    List<RuntimeException> failures = new CopyOnWriteArrayList<>();
    int left =
        ParallelWork.forEach(
            tasks,
            MAX_CONCURRENT,
            played,
            () -> clock.instant().isBefore(deadline),
            cell -> {
              try {
                stop(cell);
              } catch (RuntimeException e) {
                failures.add(e);
              }
            });
    if (!failures.isEmpty()) {
      throw failures.getFirst();
    }
    return left;
  }

  private void stop(Cell cell) {
    try {
      stopRun.stop(cell.runId());
    } catch (UnknownRun _) {
      // being created: the task that creates it stops it
    }
  }
}
