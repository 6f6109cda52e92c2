package arena.simulation.invariants;

import arena.comparison.CellsLeft;
import arena.error.ErrorKind;
import arena.simulation.cloud.ServiceUnavailable;
import arena.stream.ReplyFailed;
import java.util.Set;

/** See {@link #description}. */
public final class FailuresAreClassified extends Invariant {
  /** Errors that a function must handle. */
  private static final Set<ErrorKind> UNEXPECTED =
      Set.of(
          ErrorKind.OTHER,
          ErrorKind.NOT_OPEN,
          ErrorKind.GAP,
          ErrorKind.INVALID_CURSOR,
          ErrorKind.KEY_REUSED);

  FailuresAreClassified(Facts facts) {
    super(facts);
  }

  @Override
  public String description() {
    return "A function fails only because a dependency failed, with the error code of that dependency.";
  }

  /** Called for every exception that a function throws. */
  public void thrown(RuntimeException e) {
    boolean classified =
        e instanceof ReplyFailed
            || e instanceof ServiceUnavailable
            || e instanceof CellsLeft // the next execution plays them
            || !UNEXPECTED.contains(ErrorKind.of(e));
    if (!classified) {
      InvariantViolation violation = new InvariantViolation(this, String.valueOf(e));
      violation.initCause(e);
      throw facts.fail(violation);
    }
  }
}
