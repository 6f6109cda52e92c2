package arena.run;

import java.util.Objects;

/**
 * A request to fork a run and replay its next turns.
 *
 * @param parentRunId the run to fork, which may not exist
 * @param parentT the turn to fork at, from 0; the child's first turn
 * @param mutation change of the world at that turn
 * @param nTurns number of turns to play, from 0 to {@value Limits#MAX_TURNS}
 * @param reason the operator's reason, at most {@value Limits#MAX_REASON} characters; may be empty
 * @param profile fields of the child's profile; omitted ones are the parent's
 */
public record ForkRequest(
    RunId parentRunId,
    int parentT,
    Mutation mutation,
    int nTurns,
    String reason,
    ProfileFields profile) {

  public ForkRequest {
    Objects.requireNonNull(parentRunId);
    Objects.requireNonNull(mutation);
    Objects.requireNonNull(reason);
    Objects.requireNonNull(profile);
  }
}
