package arena.ranking;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * A comparison of two runs of the same scenario and round.
 *
 * @param pointsOfFirst 1 if the first player's run beat the other, 0.5 if they tied, else 0
 */
public record Match(Round round, String first, String second, double pointsOfFirst) {
  public Match {
    if (pointsOfFirst != 0 && pointsOfFirst != 0.5 && pointsOfFirst != 1) {
      throw new IllegalArgumentException("points must be 0, 0.5 or 1");
    }
    if (first.equals(second)) {
      throw new IllegalArgumentException("a player is not matched with itself");
    }
  }

  /** The runs that are matched with each other: the unit that the bootstrap resamples. */
  public record Round(String scenario, String name) implements Comparable<Round> {
    private static final Comparator<Round> ORDER =
        Comparator.comparing(Round::scenario).thenComparing(Round::name);

    @Override
    public int compareTo(Round other) {
      return ORDER.compare(this, other);
    }
  }

  /**
   * Matches every run with every other of the same scenario and round by another player. Rounds of
   * a scenario in which every player had the same outcome as in an earlier one, as scripted players
   * have, show nothing new: their matches belong to that earlier round, so that they are not
   * resampled as if they were independent.
   */
  public static List<Match> of(List<Entry> entries) {
    Map<Round, List<Entry>> groups = new TreeMap<>();
    for (Entry entry : entries) {
      groups.computeIfAbsent(entry.group(), _ -> new ArrayList<>()).add(entry);
    }
    Map<Set<Object>, Round> firstAlike = new HashMap<>();
    List<Match> matches = new ArrayList<>();
    groups.forEach(
        (round, group) -> {
          Set<Object> outcomes = new HashSet<>();
          group.forEach(entry -> outcomes.add(entry.withoutRound()));
          addMatches(firstAlike.computeIfAbsent(outcomes, _ -> round), group, matches);
        });
    return matches;
  }

  private static void addMatches(Round round, List<Entry> group, List<Match> matches) {
    for (int i = 0; i < group.size(); i++) {
      for (int j = i + 1; j < group.size(); j++) {
        Entry first = group.get(i);
        Entry second = group.get(j);
        if (!first.player().equals(second.player())) {
          int order = first.outcome().compareWith(second.outcome());
          double points = (1 + Integer.signum(order)) / 2.0;
          matches.add(new Match(round, first.player(), second.player(), points));
        }
      }
    }
  }
}
