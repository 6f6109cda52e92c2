package arena.statistics;

import java.util.Locale;
import java.util.Optional;

/**
 * An arm against the control.
 *
 * @param winProbability that a run of the arm beats a run of the control; ties count half
 * @param differences of the means, arm minus control
 * @param pValue of the permutation test of {@code winProbability}; empty if one of both arms is
 *     deterministic or has fewer than two runs
 * @param pAdjusted the same with Holm's correction for the number of arms
 * @param sentence the verdict for a person
 * @param replicasNeeded runs of each arm with which a test would find this difference with a
 *     probability of 80 %; empty if it is not known
 */
public record ArmComparison(
    Interval winProbability,
    Differences differences,
    Optional<Double> pValue,
    Optional<Double> pAdjusted,
    Verdict verdict,
    String sentence,
    Optional<Integer> replicasNeeded) {

  /** Differences of the means, arm minus control; empty if one of both arms has no mean. */
  public record Differences(
      Optional<Interval> population,
      Optional<Interval> economy,
      Optional<Interval> costUsd,
      Optional<Interval> feudalShare) {}

  /** What follows from the comparison. */
  public enum Verdict {
    BETTER,
    WORSE,
    NOT_DISTINGUISHABLE,
    /** Both arms always have the same outcome, so that the result is a fact and not an estimate. */
    DETERMINISTIC;

    /** The name in JSON, such as {@code not_distinguishable}. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
