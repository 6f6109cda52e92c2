package arena.run;

import java.util.Locale;

/** The run has no {@code turn_start} at this turn, so it cannot be forked there. */
public final class NoSuchTurn extends RuntimeException {
  private final RunId runId;
  private final int t;

  /** Names the run and the turn. */
  public NoSuchTurn(RunId runId, int t) {
    super(String.format(Locale.ROOT, "run %s has no turn_start at turn %d", runId, t));
    this.runId = runId;
    this.t = t;
  }

  /** The run. */
  public RunId runId() {
    return runId;
  }

  /** The turn that it does not have, or not yet. */
  public int t() {
    return t;
  }
}
