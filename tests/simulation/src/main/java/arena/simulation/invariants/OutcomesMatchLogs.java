package arena.simulation.invariants;

import arena.comparison.Cell;
import arena.comparison.CellOutcome;
import arena.comparison.Comparison;
import arena.run.Run;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** See {@link #description}. */
final class OutcomesMatchLogs extends Invariant {
  private static final double ROUNDING = 1e-9;

  OutcomesMatchLogs(Facts facts) {
    super(facts);
  }

  @Override
  public String description() {
    return "The outcome of a cell is that of its run's log, and the cost and turns of a comparison are"
        + " the sums of its cells.";
  }

  @Override
  public void cellChanged(Comparison comparison, Cell before, Cell after) {
    Optional<Run> run = facts.tables().find(after.runId());
    if (after.outcome().isEmpty() || run.isEmpty() || run.get().summary().isEmpty()) {
      return; // a cell without an archived run fails with a reason
    }
    CellOutcome outcome = after.outcome().get();
    RunLog log = new RunLog(facts.written(after.runId()));
    require(
        outcome.turns() == log.turns()
            && isEqual(outcome.costUsd(), log.costUsd())
            && outcome.finalAge().equals(log.finalAge())
            && outcome.score().equals(log.score())
            && outcome.feudalT().equals(log.feudalT())
            && outcome.failure().equals(run.get().failure()),
        () ->
            String.format(
                Locale.ROOT,
                "comparison %s: outcome of cell %d is %s; its run has %d turns, %f USD, %s, %s, %s, %s",
                comparison.id(),
                after.number(),
                outcome,
                log.turns(),
                log.costUsd(),
                log.finalAge(),
                log.score(),
                log.feudalT(),
                run.get().failure()));
  }

  @Override
  public void atEnd() {
    for (Comparison comparison : facts.comparisons().all()) {
      List<CellOutcome> outcomes =
          facts.comparisons().cellsOf(comparison.id()).stream()
              .flatMap(cell -> cell.outcome().stream())
              .toList();
      Comparison.Progress progress = comparison.progress();
      require(
          progress.turns() == outcomes.stream().mapToLong(CellOutcome::turns).sum()
              && isEqual(
                  progress.costUsd(), outcomes.stream().mapToDouble(CellOutcome::costUsd).sum())
              && progress.costKnown() == outcomes.stream().allMatch(CellOutcome::costKnown),
          () ->
              "comparison %s has %s, its cells %s".formatted(comparison.id(), progress, outcomes));
    }
  }

  private static boolean isEqual(double one, double other) {
    return Math.abs(one - other) < ROUNDING;
  }
}
