package arena.simulation.invariants;

import arena.lifecycle.ReplayNotStarted;
import arena.run.Failure;
import arena.run.Run;
import java.time.Instant;

/** See {@link #says}. */
final class ActiveRunIsNotAbandoned extends Invariant {
  ActiveRunIsNotAbandoned(Facts facts) {
    super(facts);
  }

  @Override
  public String says() {
    return "A run that made progress within the grace is not abandoned, and one that plays is not"
        + " said not to have started.";
  }

  @Override
  public void rowChanged(Run before, Run after) {
    if (before.status() == after.status()) {
      return;
    }
    String code = after.failure().map(Failure::code).orElse("");
    if (code.equals(ReplayNotStarted.CODE)) {
      require(
          facts.written(after.runId()).stream().noneMatch(e -> e.kind().equals("turn_start")),
          () -> "run %s plays and is said not to have started".formatted(after.runId()));
    }
    if (code.equals("Abandoned")) {
      Instant silent = facts.changedAt(after.runId()).plus(Facts.GRACE).minus(Facts.SKEW);
      require(
          !facts.now().isBefore(silent),
          () ->
              "run %s went on at %s and is abandoned at %s"
                  .formatted(after.runId(), facts.changedAt(after.runId()), facts.now()));
    }
  }
}
