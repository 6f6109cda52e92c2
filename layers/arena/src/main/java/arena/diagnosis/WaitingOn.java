package arena.diagnosis;

import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The position of a replay and how long it has been there.
 *
 * @param state state of the state machine, such as {@code PlayTurn}; {@code none} outside an
 *     execution
 * @param turn the turn, if any
 * @param step the step within the state
 * @param attempt number of the attempt at the state, from 1
 * @param since start of the step
 * @param waited time since then
 * @param until end of the step, if it is known
 */
public record WaitingOn(
    String state,
    OptionalInt turn,
    Step step,
    int attempt,
    Instant since,
    Duration waited,
    Optional<Instant> until) {

  /** What a replay is waiting for. */
  public enum Step {
    /** The start of its execution. */
    START,
    /** The turn's first journal entry. */
    BEFORE_MODEL,
    /** The model's answer. */
    MODEL,
    /** The end of the time that the model's service asked to wait ({@code Retry-After}). */
    MODEL_WAIT,
    /** The publication of journal entries to the broker. */
    PUBLISH,
    /** The retry of a failed task. */
    RETRY,
    /** The next state. */
    NEXT_STATE,
    /** The archive, and the closing of the run. */
    ARCHIVE,
    /** The reaper. */
    REAPER;

    /** The name in JSON, such as {@code before_model}. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
