package arena.ranking;

import arena.statistics.Interval;
import arena.statistics.RandomStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Players by strength; {@link Ratings} has the method.
 *
 * @param components players that are connected by matches, the largest component first; players of
 *     different components cannot be compared
 * @param scenarios the same within each scenario, by name
 * @param matches number of pairs of runs
 * @param failedRuns entries whose run failed
 */
public record Ranking(
    List<Component> components, List<InScenario> scenarios, int matches, int failedRuns) {

  /** Maximum number of players. */
  public static final int MAX_PLAYERS = 100;

  /** Maximum number of matches. */
  public static final int MAX_MATCHES = 100_000;

  /** The number of players of the given runs. */
  public static int players(List<Entry> entries) {
    return (int) entries.stream().map(Entry::player).distinct().count();
  }

  /** The number of matches of the given runs, without making them. */
  public static long countMatches(List<Entry> entries) {
    Map<Match.Round, Integer> runs = new HashMap<>();
    Map<List<Object>, Integer> runsOfPlayer = new HashMap<>();
    long matches = 0;
    for (Entry entry : entries) {
      int before = runs.merge(entry.group(), 1, Integer::sum) - 1;
      int own = runsOfPlayer.merge(List.of(entry.group(), entry.player()), 1, Integer::sum) - 1;
      matches += before - own;
    }
    return matches;
  }

  /** The ranking within one scenario. */
  public record InScenario(String scenario, List<Component> components) {}

  /**
   * Players that are connected by matches, or one player without a match.
   *
   * @param players by rank
   * @param winProbability row beats column, in the order of {@code players}; 0.5 on the diagonal
   */
  public record Component(List<RankedPlayer> players, List<List<Double>> winProbability) {}

  /**
   * A player of a component.
   *
   * @param rank from 1
   * @param rating Bradley-Terry strength on the natural-log scale; the component's mean is 0. Empty
   *     for a player without a match
   * @param failed its runs that failed
   * @param costUsdPerRun mean cost of its runs whose cost is known; empty if none is
   * @param pareto whether no player of the component is at least as strong at no higher cost, and
   *     better in one of the two; false if the cost is not known
   */
  public record RankedPlayer(
      int rank,
      String player,
      Optional<Interval> rating,
      int wins,
      int ties,
      int losses,
      int failed,
      Optional<Double> costUsdPerRun,
      boolean pareto) {}

  /**
   * Ranks the players of the given runs.
   *
   * @param seed of the bootstrap samples
   * @param samples number of bootstrap samples; 0 for no intervals
   */
  public static Ranking of(List<Entry> entries, long seed, int samples) {
    return of(entries, Match.of(entries), seed, samples);
  }

  /** Ranks the players of the given matches; see {@link #of(List, long, int)}. */
  public static Ranking ofMatches(List<Match> matches, long seed, int samples) {
    return of(List.of(), matches, seed, samples);
  }

  private static Ranking of(List<Entry> entries, List<Match> matches, long seed, int samples) {
    TreeMap<String, List<Match>> byScenario = new TreeMap<>();
    TreeMap<String, List<Entry>> entriesByScenario = new TreeMap<>();
    for (Entry entry : entries) {
      entriesByScenario.computeIfAbsent(entry.scenario(), _ -> new ArrayList<>()).add(entry);
    }
    for (Match match : matches) {
      String scenario = match.round().scenario();
      byScenario.computeIfAbsent(scenario, _ -> new ArrayList<>()).add(match);
      entriesByScenario.putIfAbsent(scenario, List.of());
    }
    List<InScenario> scenarios = new ArrayList<>();
    entriesByScenario.forEach(
        (scenario, runs) ->
            scenarios.add(
                new InScenario(
                    scenario,
                    components(
                        runs,
                        byScenario.getOrDefault(scenario, List.of()),
                        seed,
                        "scenario " + scenario,
                        samples))));
    return new Ranking(
        components(entries, matches, seed, "overall", samples),
        scenarios,
        matches.size(),
        (int) entries.stream().filter(entry -> entry.outcome().failed()).count());
  }

  private static List<Component> components(
      List<Entry> entries, List<Match> matches, long seed, String scope, int samples) {
    Tallies tallies = new Tallies(entries, matches);
    TreeSet<String> alone = new TreeSet<>(tallies.players());
    List<Component> components = new ArrayList<>();
    for (MatchGroup group : MatchGroup.of(matches)) {
      List<String> players = group.players();
      RandomStream random = RandomStream.of(seed, scope + "/" + players.getFirst());
      List<Interval> intervals = Ratings.intervals(group, Ratings.of(group), random, samples);
      List<Rated> rated = new ArrayList<>();
      for (int i = 0; i < intervals.size(); i++) {
        rated.add(new Rated(players.get(i), intervals.get(i), tallies.of(players.get(i))));
      }
      components.add(component(rated));
      players.forEach(alone::remove);
    }
    for (String player : alone) {
      components.add(
          new Component(
              List.of(tallies.of(player).ranked(1, player, Optional.empty(), false)),
              List.of(List.of(0.5))));
    }
    return components;
  }

  /** A player with what is known of it. */
  private record Rated(String player, Interval interval, Tally tally) {
    double rating() {
      return interval.value();
    }

    /** Whether this player is at least as strong at no higher cost, and better in one of both. */
    boolean dominates(Rated other) {
      Optional<Double> mine = tally.meanCost();
      Optional<Double> theirs = other.tally.meanCost();
      return mine.isPresent()
          && theirs.isPresent()
          && rating() >= other.rating()
          && mine.get() <= theirs.get()
          && (rating() > other.rating() || mine.get() < theirs.get());
    }
  }

  private static Component component(List<Rated> players) {
    List<Rated> ranked =
        players.stream()
            .sorted(
                Comparator.comparingDouble((Rated player) -> -player.rating())
                    .thenComparing(Rated::player))
            .toList();
    List<RankedPlayer> rows = new ArrayList<>();
    List<List<Double>> probabilities = new ArrayList<>();
    for (Rated player : ranked) {
      boolean pareto =
          player.tally.meanCost().isPresent()
              && ranked.stream().noneMatch(other -> other.dominates(player));
      rows.add(
          player.tally.ranked(
              rows.size() + 1, player.player, Optional.of(player.interval), pareto));
      probabilities.add(
          ranked.stream()
              .map(other -> BradleyTerry.probability(player.rating(), other.rating()))
              .toList());
    }
    return new Component(rows, probabilities);
  }
}
