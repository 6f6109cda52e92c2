package arena.lifecycle;

import arena.run.Profile;
import arena.run.RunId;
import java.util.Objects;

/**
 * The task of one turn, passed through the state machine. It contains the seq of the next event, so
 * that a retry writes the same seqs and finds the entries of earlier attempts.
 *
 * @param runId the run
 * @param t the turn to play
 * @param seq seq of the next event
 * @param position journal position of the entry with the turn's start state
 * @param turnsLeft turns to play, including this one; 0 if only the closing {@code turn_start} is
 *     left
 * @param done whether the closing {@code turn_start} is written
 */
public record TurnTask(
    RunId runId, int t, long seq, long position, int turnsLeft, Profile profile, boolean done) {
  public TurnTask {
    Objects.requireNonNull(runId);
    Objects.requireNonNull(profile);
  }
}
