package arena.ranking;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.ranking.Ranking.Component;
import arena.ranking.Ranking.RankedPlayer;
import arena.statistics.Interval;
import arena.statistics.RandomStream;
import arena.statistics.RunOutcome;
import arena.world.Score;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RankingTest {
  private static final long SEED = 7;

  private static List<String[]> rows(String file) throws IOException {
    try (InputStream in = RankingTest.class.getResourceAsStream(file)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .skip(1)
          .map(line -> line.split(",", -1))
          .toList();
    }
  }

  private static List<Match> recorded() throws IOException {
    List<Match> matches = new ArrayList<>();
    for (String[] row : rows("matches.csv")) {
      double points =
          switch (row[4]) {
            case "a" -> 1;
            case "b" -> 0;
            default -> 0.5;
          };
      matches.add(new Match(new Match.Round(row[0], row[1]), row[2], row[3], points));
    }
    return matches;
  }

  private static Map<String, Double> ratings(Component component) {
    Map<String, Double> ratings = new HashMap<>();
    for (RankedPlayer player : component.players()) {
      ratings.put(player.player(), player.rating().orElseThrow().value());
    }
    return ratings;
  }

  private static Match match(String round, String first, String second, double points) {
    return new Match(new Match.Round("balanced", round), first, second, points);
  }

  private static Entry run(String player, String round, double economy, double cost) {
    Score score = new Score(0, 8, economy);
    return new Entry(
        player,
        "balanced",
        round,
        new RunOutcome(false, Optional.of(score), Optional.empty(), Optional.of(cost)));
  }

  private static Entry failed(String player, String round) {
    return new Entry(
        player,
        "balanced",
        round,
        new RunOutcome(true, Optional.empty(), Optional.empty(), Optional.empty()));
  }

  @Test
  void reproducesRatingsThatWereMaximizedDirectly() throws IOException {
    Component component = Ranking.ofMatches(recorded(), SEED, 0).components().getFirst();
    Map<String, Double> ratings = ratings(component);
    for (String[] row : rows("ratings.csv")) {
      assertEquals(Double.parseDouble(row[1]), ratings.get(row[0]), 1e-6, row[0]);
    }
    assertEquals("amber", component.players().getFirst().player());
    assertEquals(0.707588486, component.winProbability().get(0).get(1), 1e-6, "amber over basalt");
    assertEquals(0.5, component.winProbability().get(2).get(2), "against itself");
  }

  @Test
  void twoPlayersHaveTheLogOfTheirOdds() {
    List<Match> matches =
        List.of(match("0", "a", "b", 1), match("1", "a", "b", 1), match("2", "a", "b", 0.5));
    Map<String, Double> ratings =
        ratings(Ranking.ofMatches(matches, SEED, 0).components().getFirst());
    // 2.5 and 0.5 points, and half a win added to each
    assertEquals(Math.log(3 / 1.0), ratings.get("a") - ratings.get("b"), 1e-9);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void ratingsHaveMeanZeroAndIntervalsContainThem(long seed) {
    List<Entry> entries =
        Simulated.runs(Simulated.strengths(6, 2), 12, RandomStream.of(seed, "runs"));
    Component component = Ranking.of(entries, SEED, 100).components().getFirst();
    double sum = 0;
    for (RankedPlayer player : component.players()) {
      Interval rating = player.rating().orElseThrow();
      sum += rating.value();
      assertTrue(rating.contains(rating.value()));
    }
    assertEquals(0, sum, 1e-9);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void orderOfRunsDoesNotMatter(long seed) {
    List<Entry> entries =
        Simulated.runs(Simulated.strengths(5, 1), 10, RandomStream.of(seed, "runs"));
    List<Entry> shuffled = new ArrayList<>(entries);
    Collections.shuffle(shuffled, new Random(seed));
    assertEquals(Ranking.of(entries, SEED, 50), Ranking.of(shuffled, SEED, 50));
  }

  @Test
  void namesOfPlayersDoNotMatter() throws IOException {
    Map<String, Double> ratings =
        ratings(Ranking.ofMatches(recorded(), SEED, 0).components().getFirst());
    List<Match> renamed =
        recorded().stream()
            .map(
                match ->
                    new Match(
                        match.round(),
                        reversed(match.second()),
                        reversed(match.first()),
                        1 - match.pointsOfFirst()))
            .toList();
    Map<String, Double> others =
        ratings(Ranking.ofMatches(renamed, SEED, 0).components().getFirst());
    ratings.forEach((name, rating) -> assertEquals(rating, others.get(reversed(name)), 1e-9));
  }

  private static String reversed(String name) {
    return new StringBuilder(name).reverse().toString();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void anotherWinNeverLowersARating(long seed) {
    List<Match> matches =
        Simulated.matches(Simulated.strengths(6, 3), 3, RandomStream.of(seed, "matches"));
    Map<String, Double> before =
        ratings(Ranking.ofMatches(matches, SEED, 0).components().getFirst());
    Random random = new Random(seed);
    for (int i = 0; i < 20; i++) {
      int winner = random.nextInt(6);
      int loser = (winner + 1 + random.nextInt(5)) % 6;
      List<Match> more = new ArrayList<>(matches);
      more.add(match("more", Simulated.player(winner), Simulated.player(loser), 1));
      Map<String, Double> after = ratings(Ranking.ofMatches(more, SEED, 0).components().getFirst());
      String name = Simulated.player(winner);
      assertTrue(after.get(name) > before.get(name) - 1e-9, name);
    }
  }

  @Test
  void aSeedGivesTheSameIntervalsAgain() throws IOException {
    assertEquals(
        Ranking.ofMatches(recorded(), SEED, 200), Ranking.ofMatches(recorded(), SEED, 200));
    assertNotEquals(
        Ranking.ofMatches(recorded(), SEED, 200), Ranking.ofMatches(recorded(), SEED + 1, 200));
  }

  @Test
  void resamplesRoundsAndNotMatches() {
    // every round has the same winner in all its matches, so that rounds are all that varies
    List<Entry> one = new ArrayList<>();
    List<Entry> copies = new ArrayList<>();
    RandomStream random = RandomStream.of(SEED);
    for (int round = 0; round < 16; round++) {
      double economy = random.nextDouble();
      String name = Integer.toString(round);
      one.add(run("a", name, economy, 0));
      one.add(run("b", name, 0.5 + round * 1e-6, 0));
      for (int copy = 0; copy < 5; copy++) {
        copies.add(run("a", name, economy + copy * 1e-9, 0));
      }
      copies.add(run("b", name, 0.5 + round * 1e-6, 0));
    }
    double width = width(Ranking.of(one, SEED, 1_000));
    double widthOfCopies = width(Ranking.of(copies, SEED, 1_000));
    assertTrue(widthOfCopies > 0.8 * width, width + " and with copies " + widthOfCopies);
  }

  private static double width(Ranking ranking) {
    Interval rating = ranking.components().getFirst().players().getFirst().rating().orElseThrow();
    return rating.high().orElseThrow() - rating.low().orElseThrow();
  }

  @Test
  void reportsPlayersThatDoNotConnectApart() {
    List<Match> matches =
        List.of(match("0", "a", "b", 1), match("1", "c", "d", 1), match("1", "d", "e", 0));
    List<Component> components = Ranking.ofMatches(matches, SEED, 0).components();
    assertEquals(List.of("c", "e", "d"), names(components.get(0)));
    assertEquals(List.of("a", "b"), names(components.get(1)));
    assertEquals(2, components.size());
  }

  @Test
  void reportsAPlayerWithoutAMatchWithoutARating() {
    Ranking ranking =
        Ranking.of(List.of(run("a", "0", 1, 0), run("b", "0", 2, 0), run("c", "1", 3, 0)), SEED, 9);
    assertEquals(List.of("b", "a"), names(ranking.components().get(0)));
    assertEquals(List.of("c"), names(ranking.components().get(1)));
    assertEquals(Optional.empty(), ranking.components().get(1).players().getFirst().rating());
  }

  private static List<String> names(Component component) {
    return component.players().stream().map(RankedPlayer::player).toList();
  }

  @Test
  void aFailedRunLosesAndTiesWithAnotherFailedOne() {
    Ranking ranking =
        Ranking.of(List.of(failed("a", "0"), failed("b", "0"), run("c", "0", 0, 0)), SEED, 0);
    Component component = ranking.components().getFirst();
    assertEquals(List.of("c", "a", "b"), names(component));
    RankedPlayer a = component.players().get(1);
    assertEquals(List.of(0, 1, 1, 1), List.of(a.wins(), a.ties(), a.losses(), a.failed()));
    assertEquals(2, ranking.failedRuns());
  }

  @Test
  void ranksEachScenarioApart() throws IOException {
    Ranking ranking = Ranking.ofMatches(recorded(), SEED, 0);
    assertEquals(
        List.of("balanced", "food-poor", "late-start", "wood-poor"),
        ranking.scenarios().stream().map(Ranking.InScenario::scenario).toList());
    List<Match> balanced =
        recorded().stream().filter(match -> match.round().scenario().equals("balanced")).toList();
    assertEquals(
        ratings(Ranking.ofMatches(balanced, SEED, 0).components().getFirst()),
        ratings(ranking.scenarios().getFirst().components().getFirst()));
  }

  @Test
  void paretoFrontHasThePlayersThatNoOtherDominates() {
    List<Entry> entries = new ArrayList<>();
    for (int round = 0; round < 3; round++) {
      String name = Integer.toString(round);
      entries.add(run("strong and dear", name, 4, 0.4));
      entries.add(run("middle and dearer", name, 3, 0.5));
      entries.add(run("middle and cheap", name, 2, 0.1));
      entries.add(run("weak and cheap", name, 1, 0.1));
      entries.add(failed("unknown cost", name));
    }
    List<String> front =
        Ranking.of(entries, SEED, 0).components().getFirst().players().stream()
            .filter(RankedPlayer::pareto)
            .map(RankedPlayer::player)
            .toList();
    assertEquals(List.of("strong and dear", "middle and cheap"), front);
  }

  @Test
  void roundsThatAreAllTheSameAreOneObservation() {
    List<Entry> entries = new ArrayList<>();
    for (int round = 0; round < 5; round++) {
      entries.add(run("a", Integer.toString(round), 2, 0));
      entries.add(run("b", Integer.toString(round), 1, round));
    }
    RankedPlayer best = Ranking.of(entries, SEED, 100).components().getFirst().players().getFirst();
    assertEquals(5, best.wins());
    assertFalse(best.rating().orElseThrow().low().isPresent(), "no interval from one observation");
  }

  @Test
  void aPlayerThatWinsEveryMatchHasAFiniteInterval() {
    List<Match> matches = new ArrayList<>();
    for (int round = 0; round < 20; round++) {
      matches.add(match(Integer.toString(round), "a", "b", 1));
    }
    Interval rating =
        Ranking.ofMatches(matches, SEED, 100)
            .components()
            .getFirst()
            .players()
            .getFirst()
            .rating()
            .orElseThrow();
    assertEquals(Math.log(20.5 / 0.5) / 2, rating.value(), 1e-9);
    assertTrue(rating.low().orElseThrow() > 0 && rating.high().orElseThrow() < 5, "" + rating);
  }

  @Test
  void aChainOfPlayersThatLoseToTheNextHasFiniteRatings() {
    List<Match> matches = new ArrayList<>();
    for (int player = 0; player < 60; player++) {
      for (int round = 0; round < 30; round++) {
        String name = String.valueOf((char) ('A' + player));
        String next = String.valueOf((char) ('A' + player + 1));
        matches.add(match(Integer.toString(round), name, next, 0));
      }
    }
    Map<String, Double> ratings =
        ratings(Ranking.ofMatches(matches, SEED, 0).components().getFirst());
    assertEquals(60 * Math.log(30.5 / 0.5), ratings.get("}") - ratings.get("A"), 1e-6);
  }

  @Test
  void anEmptyRankingHasNoComponents() {
    assertEquals(new Ranking(List.of(), List.of(), 0, 0), Ranking.of(List.of(), SEED, 10));
  }
}
