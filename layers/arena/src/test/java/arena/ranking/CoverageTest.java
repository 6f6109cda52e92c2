package arena.ranking;

import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.statistics.Interval;
import arena.statistics.RandomStream;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The 95 % intervals contain the true strengths in 93 to 97 % of simulated rankings. */
class CoverageTest {
  private static final int SIMULATIONS = 1_000;
  private static final int SAMPLES = 200;

  private static double coverage(int players, int rounds, double spread, boolean runs) {
    double[] truth = Simulated.strengths(players, spread);
    RandomStream random = RandomStream.of(20, "coverage");
    int hits = 0;
    for (int simulation = 0; simulation < SIMULATIONS; simulation++) {
      List<Match> matches =
          runs
              ? Match.of(Simulated.runs(truth, rounds, random))
              : Simulated.matches(truth, rounds, random);
      MatchGroup group = MatchGroup.of(matches).getFirst();
      List<Interval> intervals =
          Ratings.intervals(group, Ratings.of(group), RandomStream.of(simulation), SAMPLES);
      for (int i = 0; i < players; i++) {
        hits += intervals.get(i).contains(truth[i]) ? 1 : 0;
      }
    }
    return hits / ((double) players * SIMULATIONS);
  }

  @ParameterizedTest(name = "{0} players, {1} rounds, strengths up to {2}, compared runs: {3}")
  @CsvSource({"5, 20, 1.2, false", "5, 20, 1.2, true", "4, 10, 1, true", "8, 20, 2, false"})
  void intervalsContainTheTrueStrengths(int players, int rounds, double spread, boolean runs) {
    double coverage = coverage(players, rounds, spread, runs);
    assertTrue(coverage >= 0.93 && coverage <= 0.97, "coverage " + coverage);
  }
}
