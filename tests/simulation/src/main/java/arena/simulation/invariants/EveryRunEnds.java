package arena.simulation.invariants;

import arena.event.Event;
import arena.run.Run;
import arena.run.RunStatus;
import java.util.List;

/** See {@link #says}. */
final class EveryRunEnds extends Invariant {
  EveryRunEnds(Facts facts) {
    super(facts);
  }

  @Override
  public String says() {
    return "Some time after nothing goes wrong any more, every run has ended, complete or failed"
        + " with a reason, and is archived; complete is what was played to its end.";
  }

  @Override
  public void rowChanged(Run before, Run after) {
    require(
        after.status() != RunStatus.COMPLETE || isPlayed(after),
        () -> "run %s is complete and was not played to its end".formatted(after.runId()));
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
