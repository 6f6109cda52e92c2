package arena.ranking;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The fit of strengths, also where players won or lost nearly everything. */
class BradleyTerryTest {
  private static final int FITS = 1_000;

  /** Connected players; many pairs did not meet, and many matches were one-sided. */
  @SuppressWarnings("ArrayRecordComponent") // what the solver takes; never compared
  private record Matches(int players, int[] first, int[] second, double[] wins) {
    static Matches random(Random random) {
      int players = 2 + random.nextInt(20);
      Set<List<Integer>> pairs = new HashSet<>();
      for (int player = 1; player < players; player++) {
        pairs.add(List.of(random.nextInt(player), player));
      }
      for (int more = random.nextInt(10); more > 0; more--) {
        int player = 1 + random.nextInt(players - 1);
        pairs.add(List.of(random.nextInt(player), player));
      }
      List<List<Integer>> order = new ArrayList<>(pairs);
      double[] wins = new double[2 * order.size()];
      for (int i = 0; i < wins.length; i++) {
        wins[i] = random.nextInt(3) > 0 ? 0 : random.nextInt(200);
      }
      return new Matches(
          players,
          order.stream().mapToInt(List::getFirst).toArray(),
          order.stream().mapToInt(List::getLast).toArray(),
          wins);
    }

    /** The points of a player minus those that its strength lets expect, with wins added. */
    double surplus(int player, double added, double[] strengths) {
      double surplus = 0;
      for (int pair = 0; pair < first.length; pair++) {
        double won = wins[2 * pair] + added;
        double games = won + wins[2 * pair + 1] + added;
        double expected =
            games * BradleyTerry.probability(strengths[first[pair]], strengths[second[pair]]);
        surplus += first[pair] == player ? won - expected : 0;
        surplus += second[pair] == player ? expected - won : 0;
      }
      return surplus;
    }
  }

  @Test
  void solvesTheLikelihoodEquationsFromAnyStart() {
    Random random = new Random(1);
    for (int i = 0; i < FITS; i++) {
      Matches matches = Matches.random(random);
      double added = 1.0 / (1 + random.nextInt(20));
      double[] start = new double[matches.players()];
      for (int player = 0; player < start.length; player++) {
        start[player] = random.nextGaussian() * random.nextInt(6);
      }
      BradleyTerry solver = new BradleyTerry(matches.players(), matches.first(), matches.second());
      double[] strengths = solver.fit(matches.wins(), added, start);
      assertEquals(0, Arrays.stream(strengths).sum(), 1e-9);
      for (int player = 0; player < strengths.length; player++) {
        assertEquals(0, matches.surplus(player, added, strengths), 1e-6, "fit " + i);
      }
      for (double error : solver.standardErrors(matches.wins(), added, strengths)) {
        assertTrue(error > 0 && Double.isFinite(error), "fit " + i + ": " + error);
      }
    }
  }
}
