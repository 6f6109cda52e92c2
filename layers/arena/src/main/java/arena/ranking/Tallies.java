package arena.ranking;

import java.util.List;
import java.util.Set;
import java.util.TreeMap;

/** Counts the matches and runs of each player. */
final class Tallies {
  private final TreeMap<String, Tally> tallies = new TreeMap<>();

  Tallies(List<Entry> entries, List<Match> matches) {
    for (Entry entry : entries) {
      of(entry.player()).addRun(entry);
    }
    for (Match match : matches) {
      of(match.first()).addMatch(match.pointsOfFirst());
      of(match.second()).addMatch(1 - match.pointsOfFirst());
    }
  }

  Set<String> players() {
    return tallies.keySet();
  }

  /** The counts of a player; zero for one that is not known. */
  Tally of(String player) {
    return tallies.computeIfAbsent(player, _ -> new Tally());
  }
}
