package arena.ranking;

import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.statistics.Interval;
import arena.statistics.RandomStream;
import java.util.Arrays;
import java.util.List;
import java.util.stream.DoubleStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

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
  @CsvSource({
    "3, 10, 1, true",
    "3, 20, 2, true",
    "5, 20, 1.2, false",
    "5, 20, 1.2, true",
    "4, 10, 1, true",
    "8, 20, 2, false"
  })
  void intervalsContainTheTrueStrengths(int players, int rounds, double spread, boolean runs) {
    double coverage = coverage(players, rounds, spread, runs);
    assertTrue(coverage >= 0.93 && coverage <= 0.97, "coverage " + coverage);
  }

  /** With two players the number of wins is discrete, so that it holds on average only. */
  @ParameterizedTest(name = "{0} rounds")
  @ValueSource(ints = {10, 20, 40})
  void intervalsOfTwoPlayersContainTheTrueStrengthsOnAverage(int rounds) {
    double[] coverages =
        DoubleStream.of(0.25, 0.5, 0.75, 1, 1.5, 2)
            .map(spread -> coverage(2, rounds, spread, true))
            .toArray();
    double mean = DoubleStream.of(coverages).average().orElseThrow();
    assertTrue(mean >= 0.93 && mean <= 0.97, "mean coverage " + mean);
    assertTrue(
        DoubleStream.of(coverages).allMatch(coverage -> coverage >= 0.9 && coverage <= 0.99),
        "coverage " + Arrays.toString(coverages));
  }
}
