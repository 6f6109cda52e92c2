package arena.ranking;

import arena.statistics.Interval;
import arena.statistics.RandomStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * A player's row in the standings of a race, also of one that is still played.
 *
 * @param rank from 1
 * @param played runs that have ended
 * @param failed those of them that failed
 * @param rating see {@link Ranking.RankedPlayer}; empty for all until the matches connect all
 *     players that have played
 * @param costUsd known cost of the ended runs
 */
public record Standing(
    int rank,
    String player,
    int played,
    int wins,
    int ties,
    int losses,
    int failed,
    Optional<Interval> rating,
    double costUsd) {

  /**
   * Returns the standings, best first: by rating, or without ratings by the share of points.
   * Players that have not played are last.
   *
   * @param players all players of the race
   */
  public static List<Standing> of(
      List<Entry> entries, List<String> players, long seed, int samples) {
    List<Match> matches = Match.of(entries);
    Tallies tallies = new Tallies(entries, matches);
    List<MatchGroup> groups = MatchGroup.of(matches);
    List<String> rated = List.of();
    List<Interval> intervals = List.of();
    if (groups.size() == 1 && groups.getFirst().players().size() == tallies.players().size()) {
      MatchGroup group = groups.getFirst();
      rated = group.players();
      RandomStream random = RandomStream.of(seed, "overall/" + rated.getFirst());
      intervals = Ratings.intervals(group, Ratings.of(group), random, samples);
    }
    List<Standing> rows = new ArrayList<>();
    for (String player : players) {
      Tally tally = tallies.of(player);
      int index = rated.indexOf(player);
      rows.add(
          new Standing(
              0,
              player,
              tally.runs(),
              tally.wins(),
              tally.ties(),
              tally.losses(),
              tally.failed(),
              index < 0 ? Optional.empty() : Optional.of(intervals.get(index)),
              tally.cost()));
    }
    rows.sort(
        Comparator.comparing((Standing row) -> row.played == 0)
            .thenComparingDouble(row -> -row.strength())
            .thenComparing(Standing::player));
    List<Standing> ranked = new ArrayList<>();
    for (Standing row : rows) {
      ranked.add(row.withRank(ranked.size() + 1));
    }
    return ranked;
  }

  private double strength() {
    int matches = wins + ties + losses;
    return rating.map(Interval::value).orElse(matches == 0 ? 0 : (wins + ties / 2.0) / matches);
  }

  private Standing withRank(int place) {
    return new Standing(place, player, played, wins, ties, losses, failed, rating, costUsd);
  }
}
