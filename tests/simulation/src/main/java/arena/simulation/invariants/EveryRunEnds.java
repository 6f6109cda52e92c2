package arena.simulation.invariants;

import arena.event.Event;
import arena.run.Run;
import arena.run.RunStatus;
import java.util.List;

/** See {@link #description}. */
final class EveryRunEnds extends Invariant {
  EveryRunEnds(Facts facts) {
    super(facts);
  }

  @Override
  public String description() {
    return "After the last fault every run ends, complete or failed with a reason, and is archived; a"
        + " complete run has played all its turns.";
  }

  @Override
  public void rowChanged(Run before, Run after) {
    require(
        after.status() != RunStatus.COMPLETE || isPlayed(after),
        () -> "run %s is complete but has not played all its turns".formatted(after.runId()));
  }

  private boolean isPlayed(Run run) {
    List<Event> events = facts.written(run.runId());
    return !events.isEmpty()
        && events.getLast().kind().equals("turn_start")
        && events.getLast().t() == run.t0() + run.nTurns();
  }

  @Override
  public void atEnd() {
    for (Run run : facts.tables().all()) {
      require(run.status().ended(), () -> "run %s is still running".formatted(run.runId()));
      require(run.archived(), () -> "run %s is not archived".formatted(run.runId()));
    }
  }
}
