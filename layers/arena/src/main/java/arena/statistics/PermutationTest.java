package arena.statistics;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Tests whether the runs of two arms come from the same distribution. The statistic is the
 * probability that a run of the first arm beats one of the second, ties counted half (Mann and
 * Whitney: On a test of whether one of two random variables is stochastically larger than the
 * other, 1947); its distribution is that over the assignments of the runs to the arms. The p-value
 * is two-sided, and exact if there are few assignments.
 */
final class PermutationTest {
  /** Up to this number all assignments are counted. */
  private static final long MAX_EXACT = 10_000;

  private PermutationTest() {}

  /**
   * Returns the p-value.
   *
   * @param samples number of random assignments if they cannot all be counted; the result is then
   *     at least 1 / (samples + 1), because the observed one counts (Phipson and Smyth: Permutation
   *     p-values should never be zero, 2010)
   * @return empty if it would take random assignments and {@code samples} is 0
   */
  static Optional<Double> pValue(
      List<RunOutcome> arm, List<RunOutcome> control, RandomStream random, int samples) {
    int[] ranks = doubledMidranks(arm, control);
    int chosen = arm.size();
    // deviation of the arm's sum of doubled ranks from its mean under the hypothesis
    long mean = (long) chosen * (ranks.length + 1);
    long observed = Math.abs(sumOfFirst(ranks, chosen) - mean);
    long assignments = combinations(ranks.length, chosen);
    if (assignments <= MAX_EXACT) {
      long extreme = countExtreme(ranks, 0, chosen, -mean, observed);
      return Optional.of((double) extreme / assignments);
    }
    if (samples == 0) {
      return Optional.empty();
    }
    long extreme = 0;
    for (int sample = 0; sample < samples; sample++) {
      for (int i = 0; i < chosen; i++) {
        int j = i + random.nextInt(ranks.length - i);
        int rank = ranks[i];
        ranks[i] = ranks[j];
        ranks[j] = rank;
      }
      if (Math.abs(sumOfFirst(ranks, chosen) - mean) >= observed) {
        extreme++;
      }
    }
    return Optional.of((extreme + 1.0) / (samples + 1.0));
  }

  /** Twice the rank of each run among all, those of the arm first; runs that tie share the mean. */
  private static int[] doubledMidranks(List<RunOutcome> arm, List<RunOutcome> control) {
    List<RunOutcome> all = new ArrayList<>(arm);
    all.addAll(control);
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < all.size(); i++) {
      order.add(i);
    }
    order.sort(Comparator.comparing(all::get, RunOutcome::compareWith));
    int[] ranks = new int[all.size()];
    int start = 0;
    while (start < ranks.length) {
      int end = start + 1;
      while (end < ranks.length
          && all.get(order.get(end)).compareWith(all.get(order.get(start))) == 0) {
        end++;
      }
      for (int i = start; i < end; i++) {
        ranks[order.get(i)] = start + 1 + end;
      }
      start = end;
    }
    return ranks;
  }

  private static long sumOfFirst(int[] ranks, int count) {
    long sum = 0;
    for (int i = 0; i < count; i++) {
      sum += ranks[i];
    }
    return sum;
  }

  /** Number of ways to choose; a number above {@link #MAX_EXACT} if there are more than that. */
  private static long combinations(int of, int chosen) {
    long number = 1;
    for (int i = 1; i <= Math.min(chosen, of - chosen); i++) {
      number = number * (of - i + 1) / i;
      if (number > MAX_EXACT) {
        return number;
      }
    }
    return number;
  }

  /** Counts the choices of {@code left} ranks from {@code from} on that are at least as extreme. */
  private static long countExtreme(int[] ranks, int from, int left, long sum, long observed) {
    if (left == 0) {
      return Math.abs(sum) >= observed ? 1 : 0;
    }
    if (ranks.length - from < left) {
      return 0;
    }
    return countExtreme(ranks, from + 1, left - 1, sum + ranks[from], observed)
        + countExtreme(ranks, from + 1, left, sum, observed);
  }
}
