package arena.benchmark;

import java.util.Collection;

/** Numbers of one kind. */
final class Samples {
  private final double[] sorted;

  /** These numbers, in any order; at least one. */
  Samples(Collection<Double> numbers) {
    if (numbers.isEmpty()) {
      throw new IllegalArgumentException("there is no median of nothing");
    }
    sorted = numbers.stream().mapToDouble(Double::doubleValue).sorted().toArray();
  }

  static double median(Collection<Double> numbers) {
    return new Samples(numbers).median();
  }

  /** The middle one; of an even count, the mean of the two in the middle. */
  double median() {
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  /**
   * The smallest of these numbers that so many percent are not above.
   *
   * @param percent above 0, at most 100
   */
  double percentile(double percent) {
    if (!(percent > 0 && percent <= 100)) {
      throw new IllegalArgumentException("a percentile is above 0 and at most 100, not " + percent);
    }
    return sorted[(int) Math.ceil(percent / 100 * sorted.length) - 1];
  }
}
