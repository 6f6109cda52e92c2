package arena.simulation.invariants;

import arena.comparison.Cell;
import arena.comparison.CellTask;
import arena.comparison.Comparison;
import arena.journal.JournalEntry;
import arena.run.Run;
import arena.run.RunId;
import arena.simulation.scheduler.Sandbox;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** See {@link #description}. */
public final class CellPlaysOneRun extends Invariant {
  private final Map<Sandbox, CellTask> tasks = new HashMap<>();

  CellPlaysOneRun(Facts facts) {
    super(facts);
  }

  @Override
  public String description() {
    return "A cell is played by one run, whose id follows from the cell and which plays the cell's"
        + " profile; it is created only after the cell was started, and an ended cell does not change.";
  }

  /** Called when the current sandbox starts a task of a comparison. */
  public void taskStarts(CellTask task) {
    tasks.put(facts.scheduler().current().sandbox(), task);
  }

  @Override
  public void written(JournalEntry entry) {
    if (entry.position() != 0) {
      return;
    }
    RunId runId = entry.runId();
    Optional<Facts.CellOfRun> of = facts.cellOf(runId);
    CellTask task = tasks.get(facts.actor().sandbox());
    require(
        task == null
            || of.filter(cell -> cell.id().equals(task.id()) && cell.number() == task.cell())
                .isPresent(),
        () -> "run %s was created by the task %s and is not of its cell".formatted(runId, task));
    if (of.isPresent()) {
      Cell cell = facts.comparisons().cellsOf(of.get().id()).get(of.get().number());
      require(
          cell.started(),
          () -> "run %s was created for a cell that is %s".formatted(runId, cell.state()));
    }
  }

  @Override
  public void rowChanged(Run before, Run after) {
    facts
        .cellOf(after.runId())
        .ifPresent(
            of -> {
              Cell cell = facts.comparisons().cellsOf(of.id()).get(of.number());
              require(
                  after.profile().equals(cell.plan().profile()),
                  () ->
                      "run %s plays %s, its cell %s"
                          .formatted(after.runId(), after.profile(), cell.plan().profile()));
            });
  }

  @Override
  public void cellChanged(Comparison comparison, Cell before, Cell after) {
    require(
        !before.state().ended()
            && (before.state() == Cell.State.PLANNED) == (after.state() == Cell.State.RUNNING),
        () ->
            String.format(
                Locale.ROOT,
                "comparison %s: cell %d was %s and is %s",
                comparison.id(),
                after.number(),
                before.state(),
                after.state()));
  }
}
