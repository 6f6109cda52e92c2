package arena.diagnosis;

import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.OptionalInt;

/**
 * Where a replay is.
 *
 * @param state of the state machine, such as {@code PlayTurn}; {@code none} before and after it
 * @param turn the turn, if it is in one
 * @param step what within it
 * @param attempt which attempt at the state this is, from 1
 * @param since when this step began
 * @param waited how long ago that is
 */
public record WaitingOn(
    String state, OptionalInt turn, Step step, int attempt, Instant since, Duration waited) {

  /** What a replay may wait for. */
  public enum Step {
    /** For its execution to be started. */
    START,
    /** For its turn's beginning to be written. */
    BEFORE_MODEL,
    /** For the model to answer. */
    MODEL,
    /** For the broker to take what the journal has. */
    PUBLISH,
    /** For a failed task to be tried again. */
    RETRY,
    /** For its next state. */
    NEXT_STATE,
    /** For its archive to be written, and the run to be closed. */
    ARCHIVE,
    /** For the reaper. */
    REAPER;

    /** As answers have it, such as {@code before_model}. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
