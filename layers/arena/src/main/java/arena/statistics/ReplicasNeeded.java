package arena.statistics;

import java.util.Optional;

/** Estimates how many runs a comparison needs. */
final class ReplicasNeeded {
  private static final double LEVEL = 1 - Interval.LEVEL;
  private static final double MISSED = 0.2;
  private static final int MAX = 1_000_000;

  private ReplicasNeeded() {}

  /**
   * Returns the runs of each of two arms with which the test finds a difference with a probability
   * of 80 %: (z(level / 2) + z(0.2))² / (6 (p - 1/2)²) (Noether: Sample size determination for some
   * common nonparametric tests, 1987, for arms of the same size), where level is 0.05 divided by
   * the number of tests.
   *
   * @param winProbability p, the probability that a run of one arm beats one of the other
   * @return empty if no number below a million is sufficient, as without a difference
   */
  static Optional<Integer> toFind(double winProbability, int tests) {
    double deviation = winProbability - 0.5;
    double z = Quantiles.normalUpper(LEVEL / tests / 2) + Quantiles.normalUpper(MISSED);
    double runs = Math.ceil(z * z / (6 * deviation * deviation));
    return runs < MAX ? Optional.of((int) runs) : Optional.empty();
  }
}
