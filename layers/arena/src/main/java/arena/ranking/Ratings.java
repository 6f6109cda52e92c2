package arena.ranking;

import arena.statistics.Interval;
import arena.statistics.Quantiles;
import arena.statistics.RandomStream;
import java.util.ArrayList;
import java.util.List;

/**
 * Bradley-Terry ratings of connected players with 95 % intervals from a cluster bootstrap.
 *
 * <p><b>Rating.</b> {@link BradleyTerry} with half a win added each way for each pair that met, so
 * that it is finite for a player that won or lost every match. Ties are half a win for each. A win
 * that is added to a pair that met never lowers the winner's rating.
 *
 * <p><b>Interval.</b> Matches of one round share the runs that they compare, so rounds, not
 * matches, are drawn with replacement (Davison and Hinkley: Bootstrap methods and their
 * application, 1997, section 3.8). The half wins move every rating towards 0: with 16 players, by
 * up to one standard error, which resampling cannot see. Therefore the interval is centred on the
 * strength with a smaller number of wins added, (n - 1) / (2 m) each way for n players and m pairs.
 * This is the mean leverage of a pair, halved, and thereby Firth's correction, which removes the
 * leading term of the bias (Firth: Bias reduction of maximum likelihood estimates, 1993); for two
 * players it is the half win. The interval is centre ± t × standard deviation of the resampled
 * strengths, with Student's t for the player's rounds - 1 degrees of freedom, and is extended to
 * the rating if that is outside. Where a player won or lost nearly everything, resampling shows too
 * little: below half of the standard error that independent matches would have, that is used.
 *
 * <p><b>Two players</b> that met once in each round have independent matches and few possible
 * results, and t × standard deviation covers the truth in as little as 77 %. Their interval is
 * Wilson's score interval of the share of points, on the scale of strengths (Brown, Cai, DasGupta:
 * Interval estimation for a binomial proportion, 2001). If one of them has all the points, for
 * which it has no upper limit, that limit is the one above.
 *
 * <p><b>Coverage</b> in 1,000 simulations of one run of each player in each round, on average over
 * the players, from the least to the greatest of the spreads 0.25 to 2:
 *
 * <pre>
 * players   5 rounds     10 rounds    20 rounds    40 rounds
 * 2         0.92 - 0.99  0.92 - 0.98  0.93 - 0.98  0.95 - 0.97
 * 3         0.98 - 0.99  0.95 - 0.97  0.96 - 0.97  0.95 - 0.96
 * 4         0.97 - 0.98  0.96 - 0.97  0.95 - 0.97  0.95
 * 8         0.97         0.96 - 0.97  0.95 - 0.96  0.94 - 0.95
 * 16        0.97         0.95 - 0.96  0.95         0.94 - 0.95
 * </pre>
 *
 * For two players no interval without randomization does better at each strength, because the
 * number of wins is discrete; the mean over the spreads is 0.95 to 0.97. A percentile interval
 * covers the truth too rarely (84 to 93 % for 20 rounds). {@code CoverageTest} measures it.
 */
final class Ratings {
  /** Wins that are added each way for each pair that met. */
  static final double ADDED_WINS = 0.5;

  private Ratings() {}

  /** Point ratings in the order of the group's players. */
  static double[] of(MatchGroup group) {
    return group.solver().fit(group.points(), ADDED_WINS, new double[group.players().size()]);
  }

  /**
   * Intervals in the order of the group's players. A player has none if it had matches in fewer
   * than two rounds.
   *
   * @param ratings the result of {@link #of(MatchGroup)}
   * @param samples number of resamplings; fewer than 2 for no intervals
   */
  static List<Interval> intervals(
      MatchGroup group, double[] ratings, RandomStream random, int samples) {
    int players = ratings.length;
    double added = (players - 1) / (2.0 * group.pairs());
    BradleyTerry solver = group.solver();
    double[] centre = solver.fit(group.points(), added, ratings);
    double[] independent = solver.standardErrors(group.points(), added, centre);
    int rounds = group.rounds();
    boolean ofTwo = players == 2 && group.matches() == rounds;
    double[][] strengths =
        ofTwo ? new double[0][] : resampled(group, solver, added, centre, random, samples);
    int[] roundsOf = group.roundsByPlayer();
    List<Interval> intervals = new ArrayList<>();
    for (int player = 0; player < players; player++) {
      double rating = ratings[player];
      if (roundsOf[player] < 2 || samples < 2) {
        intervals.add(Interval.unknown(rating));
      } else if (ofTwo) {
        intervals.add(ofTwo(group.points(), player, rating, independent[player]));
      } else {
        double error = Quantiles.standardDeviation(strengths[player]);
        if (error < independent[player] / 2) {
          error = independent[player];
        }
        double margin = Quantiles.student95(roundsOf[player] - 1) * error;
        intervals.add(
            Interval.of(
                rating,
                Math.min(rating, centre[player] - margin),
                Math.max(rating, centre[player] + margin)));
      }
    }
    return intervals;
  }

  /** The strengths of each player in samples of rounds, drawn with replacement. */
  private static double[][] resampled(
      MatchGroup group,
      BradleyTerry solver,
      double added,
      double[] centre,
      RandomStream random,
      int samples) {
    double[][] strengths = new double[centre.length][samples];
    int rounds = group.rounds();
    for (int sample = 0; sample < samples; sample++) {
      int[] draws = new int[rounds];
      for (int i = 0; i < rounds; i++) {
        draws[random.nextInt(rounds)]++;
      }
      double[] points = new double[2 * group.pairs()];
      group.addPoints(draws, points);
      double[] resampled = solver.fit(points, added, centre);
      for (int player = 0; player < centre.length; player++) {
        strengths[player][sample] = resampled[player];
      }
    }
    return strengths;
  }

  /**
   * Wilson's score interval of the first or second of two players.
   *
   * @param points of both
   * @param error standard error of the player's strength, for a limit that would be infinite
   */
  private static Interval ofTwo(double[] points, int player, double rating, double error) {
    double matches = points[0] + points[1];
    double z = Quantiles.student95(Integer.MAX_VALUE);
    double extra = z * z / matches;
    double share = points[player] / matches;
    double centre = (share + extra / 2) / (1 + extra);
    double margin = Math.sqrt(extra * share * (1 - share) + extra * extra / 4) / (1 + extra);
    double farthest = Quantiles.student95((int) matches - 1) * error;
    double low = share == 0 ? rating - farthest : strength(centre - margin);
    double high = share == 1 ? rating + farthest : strength(centre + margin);
    return Interval.of(rating, Math.min(rating, low), Math.max(rating, high));
  }

  /** The strength, relative to the mean of two, of a player with this probability to win. */
  private static double strength(double probability) {
    return Math.log(probability / (1 - probability)) / 2;
  }
}
