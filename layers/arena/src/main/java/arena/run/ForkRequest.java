package arena.run;

import java.util.Objects;
import java.util.Optional;

/**
 * Asks for a fork of a run and the replay of its next turns.
 *
 * @param parentRunId the run to branch from: 32 hex digits, whether or not there is such a run
 * @param parentT the turn to branch at, from 0; the child's first turn
 * @param mutation what changes in the world at that turn
 * @param nTurns turns the child is to play, from 0 to {@value Limits#MAX_TURNS}
 * @param reason why, in the operator's words, at most {@value Limits#MAX_REASON} characters; may be
 *     empty
 * @param profile what plays the child; the parent's when absent
 */
public record ForkRequest(
    String parentRunId,
    int parentT,
    Mutation mutation,
    int nTurns,
    String reason,
    Optional<Profile> profile) {

  public ForkRequest {
    Objects.requireNonNull(parentRunId);
    Objects.requireNonNull(mutation);
    Objects.requireNonNull(reason);
    Objects.requireNonNull(profile);
  }
}
