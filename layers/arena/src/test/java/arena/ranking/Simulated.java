package arena.ranking;

import arena.statistics.RandomStream;
import arena.statistics.RunOutcome;
import arena.world.Score;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Outcomes of players with known strengths. */
final class Simulated {
  private Simulated() {}

  /** Strengths at equal distances from {@code -spread} to {@code spread}; their mean is 0. */
  static double[] strengths(int players, double spread) {
    double[] strengths = new double[players];
    for (int i = 0; i < players; i++) {
      strengths[i] = spread * (2.0 * i / (players - 1) - 1);
    }
    return strengths;
  }

  /** The name of a player; the order of names is that of the indices. */
  static String player(int index) {
    return "p" + (char) ('a' + index);
  }

  /** Independent matches of each pair in each round. */
  static List<Match> matches(double[] strengths, int rounds, RandomStream random) {
    List<Match> matches = new ArrayList<>();
    for (int round = 0; round < rounds; round++) {
      for (int i = 0; i < strengths.length; i++) {
        for (int j = i + 1; j < strengths.length; j++) {
          boolean wins = random.nextDouble() < BradleyTerry.probability(strengths[i], strengths[j]);
          matches.add(new Match(round(round), player(i), player(j), wins ? 1 : 0));
        }
      }
    }
    return matches;
  }

  /**
   * One run of each player in each round. Its score is its strength and noise of a Gumbel
   * distribution; the difference of two is logistic, so that pairs follow the Bradley-Terry model
   * exactly, but matches of one round are not independent.
   */
  static List<Entry> runs(double[] strengths, int rounds, RandomStream random) {
    List<Entry> entries = new ArrayList<>();
    for (int round = 0; round < rounds; round++) {
      for (int i = 0; i < strengths.length; i++) {
        double noise = -Math.log(-Math.log(1 - random.nextDouble()));
        Score score = new Score(0, 8, strengths[i] + noise);
        entries.add(
            new Entry(
                player(i),
                round(round).scenario(),
                round(round).name(),
                new RunOutcome(false, Optional.of(score), Optional.empty(), Optional.empty())));
      }
    }
    return entries;
  }

  private static Match.Round round(int number) {
    return new Match.Round("scenario-" + number % 4, Integer.toString(number / 4));
  }
}
