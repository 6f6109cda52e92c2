package arena.statistics;

import arena.world.Score;
import java.util.Optional;

/**
 * How a run ended, as comparisons count it. A run that failed loses against every run that
 * completed, and ties with every other that failed.
 *
 * @param score of the final state; of a failed run, of its last state if it had one
 * @param feudalTurn the first turn that started in the Feudal Age or a later one; empty if none did
 * @param costUsd cost of the model's calls; empty if it is not known
 */
public record RunOutcome(
    boolean failed, Optional<Score> score, Optional<Integer> feudalTurn, Optional<Double> costUsd) {

  public RunOutcome {
    if (!failed && score.isEmpty()) {
      throw new IllegalArgumentException("a complete run has a score");
    }
  }

  /** Compares by the domain's order of scores; a positive number if this run beats the other. */
  public int compareWith(RunOutcome other) {
    if (failed || other.failed) {
      return Boolean.compare(other.failed, failed);
    }
    return score.orElseThrow().compareTo(other.score.orElseThrow());
  }
}
