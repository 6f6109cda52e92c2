package arena.benchmark;

import java.util.Collection;

/** A sample of numbers with its median and percentiles. */
final class Sample {
  private final double[] sorted;

  /** Creates a sample of at least one number, in any order. */
  Sample(Collection<Double> numbers) {
    if (numbers.isEmpty()) {
      throw new IllegalArgumentException("a sample has at least one number");
    }
    sorted = numbers.stream().mapToDouble(Double::doubleValue).sorted().toArray();
  }

  static double median(Collection<Double> numbers) {
    return new Sample(numbers).median();
  }

  /** The median; for an even count, the mean of the two middle numbers. */
  double median() {
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  /**
   * Returns the nearest-rank percentile.
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
