package arena.run;

import arena.world.Score;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * A run's row in the catalog.
 *
 * @param runId 32 hex digits
 * @param label shown beside the run
 * @param status where it is in its life
 * @param profile what plays it
 * @param prompt what its model is prompted with; empty if it plays without a model
 * @param scenario where its game began, or that of the run it was forked from
 * @param t0 its first turn: 0, or the turn it was forked at
 * @param nTurns turns it is to play
 * @param origin where it was forked from, if it was
 * @param nEvents events in the journal; the last one's {@code seq}
 * @param lastT turn of its last event
 * @param createdAt when it was asked for
 * @param firstTs time of its first event
 * @param lastTs time of its last event
 * @param endedAt when it was complete or failed
 * @param dbPath address of its archive; empty until it is archived
 * @param failure why it failed, if it did
 * @param summary how it ended, once it is archived
 */
public record Run(
    String runId,
    String label,
    RunStatus status,
    Profile profile,
    Optional<Prompt> prompt,
    String scenario,
    int t0,
    int nTurns,
    Optional<Origin> origin,
    long nEvents,
    int lastT,
    Instant createdAt,
    Optional<Instant> firstTs,
    Optional<Instant> lastTs,
    Optional<Instant> endedAt,
    String dbPath,
    Optional<Failure> failure,
    Optional<Summary> summary) {

  public Run {
    Objects.requireNonNull(runId);
    Objects.requireNonNull(label);
    Objects.requireNonNull(status);
    Objects.requireNonNull(profile);
    Objects.requireNonNull(createdAt);
    Objects.requireNonNull(dbPath);
  }

  /** The row of a run that has just been asked for: it is to play from turn 0, and has no event. */
  public static Run begun(
      String runId,
      String label,
      Profile profile,
      Optional<Prompt> prompt,
      String scenario,
      int nTurns,
      Instant createdAt) {
    return new Run(
        runId,
        label,
        RunStatus.RUNNING,
        profile,
        prompt,
        scenario,
        0,
        nTurns,
        Optional.empty(),
        0,
        0,
        createdAt,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        "",
        Optional.empty(),
        Optional.empty());
  }

  /**
   * Where a fork comes from.
   *
   * @param parentRunId the run it was branched from
   * @param parentT the turn it was branched at
   * @param mutation what the operator changed
   * @param reason why, in the operator's words; may be empty
   */
  public record Origin(String parentRunId, int parentT, Mutation mutation, String reason) {}

  /**
   * How an archived run ended.
   *
   * @param nTurns turns that were played to their end
   * @param finalAge label of the last age seen; empty if the run ended before its first turn
   * @param score of the last state seen
   */
  public record Summary(double totalCostUsd, int nTurns, String finalAge, Score score) {}

  /** Whether the archive has the run. */
  public boolean archived() {
    return !dbPath.isEmpty();
  }

  /**
   * Turns played so far: those before the turn of the last event, and all of them once complete.
   */
  public int turnsPlayed() {
    return Math.clamp((long) lastT - t0, 0, nTurns);
  }
}
