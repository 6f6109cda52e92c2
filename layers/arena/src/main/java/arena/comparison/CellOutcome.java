package arena.comparison;

import arena.run.Failure;
import arena.world.Score;
import java.util.Optional;

/**
 * The result of a cell's run.
 *
 * @param finalAge label of the last age seen; empty if the run ended before its first turn
 * @param score of the last state seen
 * @param feudalT the first turn that began in the Feudal Age or a later one; empty if none did
 * @param turns turns that were played to their end
 * @param costUsd cost of the model's calls
 * @param costKnown whether the model's price is known; if not, the cost is shown as 0
 * @param failure why the run failed; empty if it is complete
 */
public record CellOutcome(
    String finalAge,
    Score score,
    Optional<Integer> feudalT,
    int turns,
    double costUsd,
    boolean costKnown,
    Optional<Failure> failure) {

  /** The result of a run of which nothing is known but why it failed. */
  public static CellOutcome failed(Failure failure) {
    return new CellOutcome(
        "", new Score(0, 0, 0), Optional.empty(), 0, 0, false, Optional.of(failure));
  }

  /** The state of a cell with this result. */
  public Cell.State state() {
    return failure.isPresent() ? Cell.State.FAILED : Cell.State.COMPLETE;
  }
}
