package arena.run;

import java.util.Locale;
import java.util.Optional;

/** The run has no {@code turn_start} at this turn, so it cannot be forked there. */
public final class NoSuchTurn extends RuntimeException {
  private final RunId runId;
  private final int t;
  private final Optional<String> limit;

  /** Names the run and the turn. */
  public NoSuchTurn(RunId runId, int t) {
    this(runId, t, Optional.empty());
  }

  /** Names the run, the turn, and the turns that the run has so far. */
  public NoSuchTurn(Run run, int t) {
    this(
        run.runId(),
        t,
        run.nEvents() == 0
            ? Optional.empty()
            : Optional.of(String.format(Locale.ROOT, "%d to %d", run.t0(), run.lastT())));
  }

  private NoSuchTurn(RunId runId, int t, Optional<String> limit) {
    super(String.format(Locale.ROOT, "run %s has no turn_start at turn %d", runId, t));
    this.runId = runId;
    this.t = t;
    this.limit = limit;
  }

  /** The run. */
  public RunId runId() {
    return runId;
  }

  /** First and last turn of the run so far; empty if it has none. */
  public Optional<String> limit() {
    return limit;
  }

  /** The turn that it does not have, or not yet. */
  public int t() {
    return t;
  }
}
