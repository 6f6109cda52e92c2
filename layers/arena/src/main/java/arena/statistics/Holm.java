package arena.statistics;

import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** Corrects p-values for the number of tests. */
final class Holm {
  private Holm() {}

  /**
   * Returns adjusted p-values in the order of the given ones: the k-th smallest of m is multiplied
   * by m - k + 1, made monotone and limited to 1. If all below 0.05 are rejected, the probability
   * of a wrong rejection among all tests is at most 0.05 (Holm: A simple sequentially rejective
   * multiple test procedure, 1979).
   */
  static double[] adjust(List<Double> pValues) {
    int[] order =
        IntStream.range(0, pValues.size())
            .boxed()
            .sorted(Comparator.comparingDouble(pValues::get))
            .mapToInt(Integer::intValue)
            .toArray();
    double[] adjusted = new double[order.length];
    double largest = 0;
    for (int k = 0; k < order.length; k++) {
      largest = Math.max(largest, Math.min(1, pValues.get(order[k]) * (order.length - k)));
      adjusted[order[k]] = largest;
    }
    return adjusted;
  }
}
