package arena.ranking;

import java.util.Arrays;

/**
 * Fits Bradley-Terry strengths to the pairs of players that met. The probability that i beats j is
 * 1 / (1 + exp(s_j - s_i)) (Bradley and Terry: Rank analysis of incomplete block designs I, 1952);
 * the strengths maximize the likelihood and have the mean 0. The log-likelihood is concave; with a
 * number of wins added each way it has one maximum if the pairs connect all players (Hunter: MM
 * algorithms for generalized Bradley-Terry models, 2004). It is found by Newton's method on all
 * strengths but the last, with steps that are halved if they pass the maximum along their
 * direction.
 *
 * <p>Keeps its work arrays, so that many fits allocate little. Not thread-safe.
 */
final class BradleyTerry {
  /** The error after a step is of the order of its square. */
  private static final double TOLERANCE = 1e-6;

  /** Shorter steps do not pass the maximum, and their slope is mostly rounding. */
  private static final double SHORT_STEP = 1e-3;

  /**
   * Longest change of a strength in one step. Where the likelihood is nearly flat, the whole step
   * leads to strengths whose probabilities are rounded to 0 or 1, from which there is no way back.
   */
  private static final double MAX_STEP = 5;

  private static final int MAX_STEPS = 400;
  private static final int MAX_HALVINGS = 40;

  private final int players;
  private final int[] first;
  private final int[] second;
  private final double[] gradient;
  private final double[][] hessian;
  private final double[] step;

  /**
   * Creates a solver.
   *
   * @param players their number
   * @param first index of one player of each pair that met
   * @param second index of the other; the pairs must connect all players
   */
  BradleyTerry(int players, int[] first, int[] second) {
    this.players = players;
    this.first = first;
    this.second = second;
    gradient = new double[players];
    hessian = new double[players][players];
    step = new double[players];
  }

  /**
   * Fits strengths.
   *
   * @param wins points of the first and then of the second player of each pair
   * @param added wins that are added each way for each pair, more than 0
   * @param start strengths to start from, such as those of similar wins
   */
  double[] fit(double[] wins, double added, double[] start) {
    double[] strengths = start.clone();
    differentiate(wins, added, strengths);
    for (int i = 0; i < MAX_STEPS; i++) {
      solve();
      double slope = dot(gradient, step);
      double longest = largest(step);
      double length = Math.min(1, MAX_STEP / longest);
      move(strengths, length);
      differentiate(wins, added, strengths);
      for (int halving = 0;
          halving < MAX_HALVINGS && longest > SHORT_STEP && dot(gradient, step) < -0.9 * slope;
          halving++) {
        length /= 2;
        move(strengths, -length);
        differentiate(wins, added, strengths);
      }
      if (longest < TOLERANCE) {
        break;
      }
    }
    double mean = Arrays.stream(strengths).average().orElse(0);
    for (int i = 0; i < players; i++) {
      strengths[i] -= mean;
    }
    return strengths;
  }

  /**
   * Returns the standard errors of strengths if all matches are independent: from the inverse of
   * the information, for strengths with the mean 0.
   */
  double[] standardErrors(double[] wins, double added, double[] strengths) {
    differentiate(wins, added, strengths);
    factorize();
    double[] errors = new double[players];
    for (int i = 0; i < players; i++) {
      // variance of the contrast of a player with the mean
      double[] contrast = new double[players];
      Arrays.fill(contrast, -1.0 / players);
      contrast[i] += 1;
      double[] product = contrast.clone();
      substitute(product);
      errors[i] = Math.sqrt(dot(contrast, product));
    }
    return errors;
  }

  /** The probability that a player beats another. */
  static double probability(double strength, double other) {
    return 1 / (1 + Math.exp(other - strength));
  }

  /** Computes the gradient, and the lower half of the negated Hessian. */
  private void differentiate(double[] wins, double added, double[] strengths) {
    Arrays.fill(gradient, 0);
    for (double[] row : hessian) {
      Arrays.fill(row, 0);
    }
    for (int pair = 0; pair < first.length; pair++) {
      int a = first[pair];
      int b = second[pair];
      double winsOfA = wins[2 * pair] + added;
      double games = winsOfA + wins[2 * pair + 1] + added;
      double p = probability(strengths[a], strengths[b]);
      double surplus = winsOfA - games * p;
      gradient[a] += surplus;
      gradient[b] -= surplus;
      double information = games * p * (1 - p);
      hessian[a][a] += information;
      hessian[b][b] += information;
      hessian[Math.max(a, b)][Math.min(a, b)] -= information;
    }
  }

  /**
   * Sets {@link #step} to Newton's step with the last player fixed, by Cholesky's decomposition.
   */
  private void solve() {
    factorize();
    System.arraycopy(gradient, 0, step, 0, players - 1);
    substitute(step);
  }

  /** Replaces the lower half of the negated Hessian, without the last player, by its factor. */
  private void factorize() {
    for (int i = 0; i < players - 1; i++) {
      double[] row = hessian[i];
      for (int j = 0; j <= i; j++) {
        double[] other = hessian[j];
        double sum = row[j];
        for (int k = 0; k < j; k++) {
          sum -= row[k] * other[k];
        }
        row[j] = i == j ? Math.sqrt(sum) : sum / other[j];
      }
    }
  }

  /** Multiplies a vector by the inverse of the matrix that was factorized. */
  private void substitute(double[] vector) {
    int n = players - 1;
    for (int i = 0; i < n; i++) {
      double value = vector[i];
      for (int j = 0; j < i; j++) {
        value -= hessian[i][j] * vector[j];
      }
      vector[i] = value / hessian[i][i];
    }
    for (int i = n - 1; i >= 0; i--) {
      double value = vector[i];
      for (int k = i + 1; k < n; k++) {
        value -= hessian[k][i] * vector[k];
      }
      vector[i] = value / hessian[i][i];
    }
  }

  private void move(double[] strengths, double length) {
    for (int i = 0; i < players - 1; i++) {
      strengths[i] += length * step[i];
    }
  }

  private double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < players - 1; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  private double largest(double[] values) {
    double largest = 0;
    for (int i = 0; i < players - 1; i++) {
      largest = Math.max(largest, Math.abs(values[i]));
    }
    return largest;
  }
}
