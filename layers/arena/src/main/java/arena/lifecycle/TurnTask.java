package arena.lifecycle;

import arena.run.Profile;
import arena.run.RunId;
import java.util.Objects;
import java.util.Optional;

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
 * @param waits how many attempts of the run ended in a wait, or preceded one in the same visit of
 *     the state; the state machine adds the latter
 * @param modelWait the wait before the turn is continued, if its model's service asked for one
 * @param behind whether the broker did not have all of the run's events after the previous turn
 */
public record TurnTask(
    RunId runId,
    int t,
    long seq,
    long position,
    int turnsLeft,
    Profile profile,
    boolean done,
    int waits,
    Optional<ModelWait> modelWait,
    boolean behind) {
  public TurnTask {
    Objects.requireNonNull(runId);
    Objects.requireNonNull(profile);
    Objects.requireNonNull(modelWait);
  }

  /** Creates the task of a run that has not waited and is not behind. */
  public TurnTask(
      RunId runId, int t, long seq, long position, int turnsLeft, Profile profile, boolean done) {
    this(runId, t, seq, position, turnsLeft, profile, done, 0, Optional.empty(), false);
  }

  /**
   * A wait that a model's service asked for.
   *
   * @param seconds from 1
   * @param error the error's code, such as {@code ModelThrottled}
   * @param message the error's message
   */
  public record ModelWait(int seconds, String error, String message) {
    /** The message's maximum length, in characters. */
    static final int MAX_MESSAGE = 500;
  }

  /** The task of the next turn. */
  TurnTask next(long nextSeq, long nextPosition) {
    return new TurnTask(
        runId,
        t + 1,
        nextSeq,
        nextPosition,
        turnsLeft - 1,
        profile,
        false,
        waits,
        Optional.empty(),
        behind);
  }

  /** The task of a run whose closing {@code turn_start} is written. */
  TurnTask closed(long nextSeq) {
    return new TurnTask(
        runId, t, nextSeq, position, 0, profile, true, waits, Optional.empty(), behind);
  }

  /** The same task, to be continued after a wait. */
  TurnTask waiting(ModelWait forModel) {
    return new TurnTask(
        runId,
        t,
        seq,
        position,
        turnsLeft,
        profile,
        false,
        waits + 1,
        Optional.of(forModel),
        behind);
  }

  /** The same task after a publish. */
  TurnTask withBehind(boolean isBehind) {
    return new TurnTask(
        runId, t, seq, position, turnsLeft, profile, done, waits, modelWait, isBehind);
  }
}
