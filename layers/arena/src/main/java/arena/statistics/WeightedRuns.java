package arena.statistics;

import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * Samples of a Bayesian bootstrap of an arm's runs (Rubin: The Bayesian bootstrap, 1981): instead
 * of a number of draws, each run has a random weight, exponentially distributed. Two further runs
 * with half of such a weight, one that is better than all and one that is worse, stand for what has
 * not been seen. For a share the result is Jeffreys' interval (Brown, Cai, DasGupta: Interval
 * estimation for a binomial proportion, 2001), which, other than resampled counts, is not empty
 * where all runs agree. The interval of the probability to win covers the truth in 93 to 97 % from
 * 10 runs of each arm on, and in up to 99 % with fewer; {@code ExperimentsTest} measures it.
 */
final class WeightedRuns {
  private final List<RunOutcome> runs;
  private final double[][] weights;

  private WeightedRuns(List<RunOutcome> runs, double[][] weights) {
    this.runs = runs;
    this.weights = weights;
  }

  /** Draws the weights; each sample sums to 1. */
  static WeightedRuns of(List<RunOutcome> runs, RandomStream random, int samples) {
    int n = runs.size();
    double[][] weights = new double[samples][n + 2];
    for (double[] sample : weights) {
      double sum = 0;
      for (int i = 0; i < n + 2; i++) {
        sample[i] = i < n ? exponential(random) : halfWeight(random);
        sum += sample[i];
      }
      for (int i = 0; i < n + 2; i++) {
        sample[i] /= sum;
      }
    }
    return new WeightedRuns(runs, weights);
  }

  private static double exponential(RandomStream random) {
    return -Math.log(1 - random.nextDouble());
  }

  /** Half a chi-square with one degree of freedom, by the method of Box and Muller (1958). */
  private static double halfWeight(RandomStream random) {
    double cosine = Math.cos(2 * Math.PI * random.nextDouble());
    return exponential(random) * cosine * cosine;
  }

  int samples() {
    return weights.length;
  }

  private double best(int sample) {
    return weights[sample][runs.size()];
  }

  private double worst(int sample) {
    return weights[sample][runs.size() + 1];
  }

  /** The weighted share of runs, in each sample, for an indicator of 0 or 1. */
  double[] shares(ToDoubleFunction<RunOutcome> indicator) {
    double[] indicators = runs.stream().mapToDouble(indicator).toArray();
    double[] shares = new double[samples()];
    for (int sample = 0; sample < shares.length; sample++) {
      double share = best(sample);
      for (int i = 0; i < indicators.length; i++) {
        share += indicators[i] * weights[sample][i];
      }
      shares[sample] = share;
    }
    return shares;
  }

  /** The probability that a run of this arm beats one of the other, in each sample. */
  double[] winProbabilities(WeightedRuns other, double[][] points) {
    double[] probabilities = new double[samples()];
    for (int sample = 0; sample < probabilities.length; sample++) {
      double[] mine = weights[sample];
      double[] theirs = other.weights[sample];
      double worst = worst(sample);
      double best = best(sample);
      // the further runs against each other and against the runs of the other arm
      double probability =
          best * (1 - other.best(sample) / 2)
              + worst * other.worst(sample) / 2
              + (1 - best - worst) * other.worst(sample);
      for (int i = 0; i < points.length; i++) {
        double sum = 0;
        for (int j = 0; j < points[i].length; j++) {
          sum += points[i][j] * theirs[j];
        }
        probability += mine[i] * sum;
      }
      probabilities[sample] = probability;
    }
    return probabilities;
  }
}
