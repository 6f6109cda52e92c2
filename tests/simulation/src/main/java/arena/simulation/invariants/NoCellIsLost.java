package arena.simulation.invariants;

import arena.comparison.Cell;
import arena.comparison.Comparison;
import arena.comparison.ComparisonStatus;
import arena.comparison.StopReason;
import arena.run.Run;
import arena.run.RunStatus;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** See {@link #description}. */
final class NoCellIsLost extends Invariant {
  NoCellIsLost(Facts facts) {
    super(facts);
  }

  @Override
  public String description() {
    return "After the last fault every comparison ends, and each of its cells is complete, failed with a"
        + " reason, or not started because the comparison was stopped; only one whose executions all"
        + " die is abandoned.";
  }

  @Override
  public void comparisonChanged(Comparison before, Comparison after) {
    Optional<StopReason> reason = after.progress().stopReason();
    require(
        !reason.equals(Optional.of(StopReason.ABANDONED)) || facts.isDoomed(after.id()),
        () -> "comparison %s was abandoned".formatted(after.id()));
    require(
        !reason.equals(Optional.of(StopReason.WAITED)),
        () -> "comparison %s waited too long".formatted(after.id()));
    if (before.progress().open() && !after.progress().open()) {
      requireEnded(after);
    }
  }

  private void requireEnded(Comparison comparison) {
    List<Cell> cells = facts.comparisons().cellsOf(comparison.id());
    Optional<StopReason> reason = comparison.progress().stopReason();
    require(
        comparison.status() == reason.map(StopReason::status).orElse(ComparisonStatus.COMPLETE),
        () -> "comparison %s is %s".formatted(comparison.id(), comparison.status()));
    for (Cell cell : cells) {
      require(
          cell.state().ended() && cell.reason().equals(isStarted(cell) ? Optional.empty() : reason),
          () -> describe(comparison, cell));
      require(!isStarted(cell) || cell.outcome().isPresent(), () -> describe(comparison, cell));
    }
    require(
        count(cells, Cell.State.COMPLETE) == comparison.progress().cells().complete()
            && count(cells, Cell.State.FAILED) == comparison.progress().cells().failed()
            && count(cells, Cell.State.NOT_STARTED) == comparison.progress().cells().notStarted()
            && comparison.progress().cells().pending() == 0,
        () -> "comparison %s counts %s".formatted(comparison.id(), comparison.progress().cells()));
  }

  private static boolean isStarted(Cell cell) {
    return cell.state() != Cell.State.NOT_STARTED;
  }

  private static long count(List<Cell> cells, Cell.State state) {
    return cells.stream().filter(cell -> cell.state() == state).count();
  }

  @Override
  public void atEnd() {
    for (Comparison comparison : facts.comparisons().all()) {
      require(
          !comparison.progress().open(),
          () ->
              "comparison %s is still open: %s".formatted(comparison.id(), comparison.progress()));
      for (Cell cell : facts.comparisons().cellsOf(comparison.id())) {
        RunStatus status = facts.tables().find(cell.runId()).map(Run::status).orElse(null);
        require(
            switch (cell.state()) {
              case COMPLETE -> status == RunStatus.COMPLETE;
              case FAILED -> status != RunStatus.COMPLETE || facts.isDoomed(comparison.id());
              case NOT_STARTED -> status == null;
              case PLANNED, RUNNING -> false;
            },
            () -> describe(comparison, cell) + ", its run " + status);
      }
    }
  }

  private static String describe(Comparison comparison, Cell cell) {
    return String.format(
        Locale.ROOT,
        "comparison %s: cell %d is %s, reason %s, outcome %s",
        comparison.id(),
        cell.number(),
        cell.state(),
        cell.reason(),
        cell.outcome());
  }
}
