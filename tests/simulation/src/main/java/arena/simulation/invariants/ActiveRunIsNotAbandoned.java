package arena.simulation.invariants;

import arena.error.ErrorKind;
import arena.run.Failure;
import arena.run.Run;
import java.time.Instant;

/** See {@link #description}. */
final class ActiveRunIsNotAbandoned extends Invariant {
  ActiveRunIsNotAbandoned(Facts facts) {
    super(facts);
  }

  @Override
  public String description() {
    return "A run that made progress within the grace period is not abandoned, and a run that has played"
        + " a turn does not fail as not started.";
  }

  @Override
  public void rowChanged(Run before, Run after) {
    if (before.status() == after.status()) {
      return;
    }
    String code = after.failure().map(Failure::code).orElse("");
    if (code.equals(ErrorKind.NOT_STARTED.code())) {
      require(
          facts.written(after.runId()).stream().noneMatch(e -> e.kind().equals("turn_start")),
          () -> "run %s has played a turn and failed as not started".formatted(after.runId()));
    }
    if (code.equals(ErrorKind.ABANDONED.code())) {
      Instant earliest = facts.changedAt(after.runId()).plus(Facts.GRACE).minus(Facts.SKEW);
      require(
          !facts.now().isBefore(earliest),
          () ->
              "run %s made progress at %s and is abandoned at %s"
                  .formatted(after.runId(), facts.changedAt(after.runId()), facts.now()));
    }
  }
}
