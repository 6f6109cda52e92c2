package arena.simulation.invariants;

import arena.run.Run;
import arena.run.RunId;
import arena.simulation.cloud.Function;
import java.time.Instant;

/** See {@link #description}. */
final class OnlyReaperDropsStreams extends Invariant {
  OnlyReaperDropsStreams(Facts facts) {
    super(facts);
  }

  @Override
  public String description() {
    return "Only the reaper drops a run's buffer, and only after the run has ended and the grace period is"
        + " over.";
  }

  @Override
  public void dropped(RunId runId) {
    String who = facts.actor().sandbox().name();
    require(
        who.startsWith(Function.REAP_RUNS.label()),
        () -> "run %s is dropped by %s".formatted(runId, who));
    Run run = facts.row(runId);
    require(run.status().ended(), () -> "run %s is dropped while it is running".formatted(runId));
    Instant graceOver = facts.changedAt(runId).plus(Facts.GRACE).minus(Facts.SKEW);
    require(
        !facts.now().isBefore(graceOver),
        () -> "run %s is dropped within its grace period".formatted(runId));
  }
}
