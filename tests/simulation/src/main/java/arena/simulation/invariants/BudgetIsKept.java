package arena.simulation.invariants;

import arena.comparison.Cell;
import arena.comparison.Comparison;
import arena.event.Event;
import java.util.List;
import java.util.Locale;

/** See {@link #description}. */
final class BudgetIsKept extends Invariant {
  /** US dollars by which a sum differs that was added in another order. */
  private static final double ROUNDING = 1e-9;

  BudgetIsKept(Facts facts) {
    super(facts);
  }

  @Override
  public String description() {
    return "No cell starts once the logs of a comparison's ended runs have spent its budget, so that it"
        + " is exceeded at most by the runs in flight.";
  }

  @Override
  public void cellChanged(Comparison comparison, Cell before, Cell after) {
    if (after.state() != Cell.State.RUNNING) {
      return;
    }
    List<Event> answers =
        facts.comparisons().cellsOf(comparison.id()).stream()
            .filter(cell -> cell.outcome().isPresent())
            .flatMap(cell -> facts.written(cell.runId()).stream())
            .filter(event -> event.kind().equals("llm_response"))
            .toList();
    double costUsd = answers.stream().mapToDouble(RunLog::costUsd).sum();
    require(
        comparison.status().startsCells()
            && comparison.budget().usd().stream().allMatch(limit -> costUsd < limit + ROUNDING)
            && comparison.budget().turns().stream().allMatch(limit -> answers.size() < limit),
        () ->
            String.format(
                Locale.ROOT,
                "comparison %s, %s: cell %d starts after %d turns and %f USD of %s",
                comparison.id(),
                comparison.status(),
                after.number(),
                answers.size(),
                costUsd,
                comparison.budget()));
  }
}
