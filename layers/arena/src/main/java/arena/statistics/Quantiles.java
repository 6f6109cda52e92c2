package arena.statistics;

import java.util.Arrays;

/** Quantiles of samples and of the distributions that intervals and sample sizes need. */
public final class Quantiles {
  /** From here on the t distribution differs from its limit by less than bootstrap noise. */
  private static final int MAX_FREEDOM = 1_000;

  private static final int BISECTIONS = 60;

  private Quantiles() {}

  /** Returns the standard deviation of values, with divisor n - 1; 0 for fewer than two. */
  public static double standardDeviation(double[] values) {
    if (values.length < 2) {
      return 0;
    }
    double mean = Arrays.stream(values).average().orElseThrow();
    double squares = 0;
    for (double value : values) {
      squares += (value - mean) * (value - mean);
    }
    return Math.sqrt(squares / (values.length - 1));
  }

  /**
   * Returns a quantile of sorted values by linear interpolation (type 7 of Hyndman and Fan: Sample
   * quantiles in statistical packages, 1996).
   */
  static double ofSorted(double[] sorted, double probability) {
    double position = probability * (sorted.length - 1);
    int below = (int) position;
    int above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
  }

  /**
   * Returns the number that Student's t exceeds in absolute value with a probability of 5 %.
   *
   * @param freedom degrees of freedom, at least 1
   */
  public static double student95(int freedom) {
    int nu = Math.min(freedom, MAX_FREEDOM);
    double low = 0;
    double high = Math.PI / 2;
    for (int i = 0; i < BISECTIONS; i++) {
      double angle = (low + high) / 2;
      if (centralStudent(angle, nu) < Interval.LEVEL) {
        low = angle;
      } else {
        high = angle;
      }
    }
    return Math.sqrt(nu) * Math.tan(low);
  }

  /**
   * Returns the probability that |t| is at most sqrt(nu) tan(angle): Abramowitz and Stegun:
   * Handbook of Mathematical Functions, 26.7.3 and 26.7.4.
   */
  private static double centralStudent(double angle, int nu) {
    double cos = Math.cos(angle);
    boolean odd = nu % 2 == 1;
    double term = odd ? cos : 1;
    double sum = 0;
    for (int k = odd ? 1 : 0; k <= nu - 2; k += 2) {
      sum += term;
      term *= cos * cos * (k + 1) / (k + 2);
    }
    double series = Math.sin(angle) * sum;
    return odd ? (angle + series) * 2 / Math.PI : series;
  }

  /**
   * Returns the number that a standard normal variable exceeds with the given probability, to
   * 0.0005 (Abramowitz and Stegun, 26.2.23).
   *
   * @param probability greater than 0, at most 0.5
   */
  static double normalUpper(double probability) {
    double t = Math.sqrt(-2 * Math.log(probability));
    double numerator = 2.515517 + t * (0.802853 + t * 0.010328);
    double denominator = 1 + t * (1.432788 + t * (0.189269 + t * 0.001308));
    return t - numerator / denominator;
  }
}
