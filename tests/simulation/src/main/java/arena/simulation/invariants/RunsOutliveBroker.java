package arena.simulation.invariants;

import arena.error.ErrorKind;
import arena.run.Run;
import java.util.Set;

/** See {@link #description}. */
final class RunsOutliveBroker extends Invariant {
  private static final Set<ErrorKind> BROKER_FAILURES =
      Set.of(ErrorKind.BROKER_UNAVAILABLE, ErrorKind.NOT_OPEN, ErrorKind.GAP);

  RunsOutliveBroker(Facts facts) {
    super(facts);
  }

  @Override
  public String description() {
    return "No run fails because of the broker.";
  }

  @Override
  public void rowChanged(Run before, Run after) {
    require(
        after.failure().filter(why -> BROKER_FAILURES.contains(why.kind())).isEmpty(),
        () -> "run %s failed: %s".formatted(after.runId(), after.failure()));
  }
}
