package arena.statistics;

import java.util.Optional;

/**
 * Means of a value of independent runs, and their differences. The interval is estimate ± t ×
 * bootstrap standard error: the standard deviation of the means of samples drawn with replacement
 * (Efron and Tibshirani: An introduction to the bootstrap, 1993, chapter 6), times sqrt(n / (n -
 * 1)) because resampling underestimates the spread of n values, with Student's t, so that it holds
 * for few runs too.
 */
final class Means {
  private final double mean;
  private final int count;
  private final boolean constant;
  private final double error;

  private Means(double mean, int count, boolean constant, double error) {
    this.mean = mean;
    this.count = count;
    this.constant = constant;
    this.error = error;
  }

  /**
   * Resamples values.
   *
   * @param constant whether the runs are known to be deterministic, so that the mean is exact
   * @return empty without values
   */
  static Optional<Means> of(double[] values, boolean constant, RandomStream random, int samples) {
    if (values.length == 0) {
      return Optional.empty();
    }
    double[] means = new double[samples];
    for (int sample = 0; sample < samples; sample++) {
      double sum = 0;
      for (int i = 0; i < values.length; i++) {
        sum += values[random.nextInt(values.length)];
      }
      means[sample] = sum / values.length;
    }
    double sum = 0;
    for (double value : values) {
      sum += value;
    }
    int n = values.length;
    double error =
        constant || n == 1 ? 0 : Quantiles.standardDeviation(means) * Math.sqrt(n / (n - 1.0));
    return Optional.of(new Means(sum / n, n, constant, error));
  }

  /** Whether the spread is known: more than one run, or deterministic ones. */
  private boolean spreadKnown() {
    return constant || count > 1;
  }

  /** The mean, without an interval if no sample differs from it. */
  Interval interval() {
    return interval(mean, error, count - 1);
  }

  /** This mean minus another; its degrees of freedom are those of Welch (1947), rounded down. */
  Interval minus(Means other) {
    double difference = mean - other.mean;
    if (!spreadKnown() || !other.spreadKnown()) {
      return Interval.unknown(difference);
    }
    double variance = error * error + other.error * other.error;
    double divisor = shareOfFreedom() + other.shareOfFreedom();
    int freedom = divisor == 0 ? 0 : (int) Math.min(1e6, variance * variance / divisor);
    return interval(difference, Math.sqrt(variance), freedom);
  }

  private double shareOfFreedom() {
    return error == 0 ? 0 : Math.pow(error, 4) / (count - 1);
  }

  private static Interval interval(double value, double error, int freedom) {
    // below rounding there is no spread
    if (freedom < 1 || error <= 1e-12 * Math.abs(value)) {
      return Interval.unknown(value);
    }
    double margin = Quantiles.student95(freedom) * error;
    return Interval.of(value, value - margin, value + margin);
  }
}
