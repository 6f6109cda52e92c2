package arena.simulation.invariants;

import arena.lifecycle.ReplayNotStarted;
import arena.run.NoSuchTurn;
import arena.run.RunNotRunning;
import arena.run.UnknownRun;
import arena.stream.ReplyFailed;
import java.util.Set;

/** See {@link #description}. */
public final class FailuresAreClassified extends Invariant {
  private static final Set<Class<?>> CLASSIFIED =
      Set.of(
          RunNotRunning.class,
          UnknownRun.class,
          NoSuchTurn.class,
          ReplayNotStarted.class,
          ReplyFailed.class);

  FailuresAreClassified(Facts facts) {
    super(facts);
  }

  @Override
  public String description() {
    return "A function fails only because a dependency failed, with the error code of that dependency.";
  }

  /** Called for every exception that a function throws. */
  public void thrown(RuntimeException e) {
    String name = e.getClass().getSimpleName();
    boolean classified =
        CLASSIFIED.contains(e.getClass())
            || name.endsWith("Unavailable")
            || name.startsWith("Model");
    if (!classified) {
      InvariantViolation violation = new InvariantViolation(this, String.valueOf(e));
      violation.initCause(e);
      throw facts.fail(violation);
    }
  }
}
