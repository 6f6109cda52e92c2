package arena.lifecycle;

import arena.run.Profile;
import java.util.Objects;

/**
 * What the state machine carries from turn to turn: enough to play the next one, and to find what
 * an earlier attempt at it has written. The numbers that events get come from here, never from a
 * counter, so a task that is tried again writes the same ones.
 *
 * @param runId the run
 * @param t the turn to play
 * @param seq the next event's number
 * @param position the journal position of the entry that holds the state the turn starts from
 * @param turnsLeft turns to play, this one included; 0 when only the closing {@code turn_start} is
 *     left
 * @param profile what plays
 * @param done whether the closing {@code turn_start} is written
 */
public record TurnTask(
    String runId, int t, long seq, long position, int turnsLeft, Profile profile, boolean done) {
  public TurnTask {
    Objects.requireNonNull(runId);
    Objects.requireNonNull(profile);
  }
}
