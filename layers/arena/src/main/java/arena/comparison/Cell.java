package arena.comparison;

import arena.comparison.Design.CellPlan;
import arena.run.RunId;
import java.time.Instant;
import java.util.Optional;

/**
 * A cell of a comparison: one run.
 *
 * @param plan what it plays
 * @param runId the id of its run, which exists from the state running on
 * @param reason why it is not started; present in the state not_started
 * @param outcome its result; present in the states complete and failed
 */
public record Cell(
    CellPlan plan,
    RunId runId,
    State state,
    Optional<StopReason> reason,
    Optional<Instant> startedAt,
    Optional<Instant> endedAt,
    Optional<CellOutcome> outcome) {

  /** The state of a cell. */
  public enum State {
    PLANNED("planned"),
    RUNNING("running"),
    COMPLETE("complete"),
    FAILED("failed"),
    NOT_STARTED("not_started");

    private final String label;

    State(String label) {
      this.label = label;
    }

    /** The name in JSON and in the store. */
    public String label() {
      return label;
    }

    /** Whether it will not change any more. */
    public boolean ended() {
      return this != PLANNED && this != RUNNING;
    }

    /**
     * Finds a state by its label.
     *
     * @throws IllegalArgumentException if it does not exist
     */
    public static State fromLabel(String label) {
      for (State state : values()) {
        if (state.label.equals(label)) {
          return state;
        }
      }
      throw new IllegalArgumentException("unknown state of a cell " + label);
    }
  }

  /** A cell that was not started yet. */
  static Cell planned(CellPlan plan, RunId runId) {
    return new Cell(
        plan,
        runId,
        State.PLANNED,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  /** A cell that never will be started. */
  static Cell notStarted(CellPlan plan, RunId runId, StopReason reason) {
    return new Cell(
        plan,
        runId,
        State.NOT_STARTED,
        Optional.of(reason),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  /** Its number, from 0. */
  public int number() {
    return plan.number();
  }

  /** Whether its run was created, or is being created. */
  public boolean started() {
    return state != State.PLANNED && state != State.NOT_STARTED;
  }
}
