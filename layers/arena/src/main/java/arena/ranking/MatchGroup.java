package arena.ranking;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The matches of players that are connected by them, as sums for each pair and round. Players,
 * pairs and rounds are in a fixed order, so that the order of the matches does not matter.
 */
final class MatchGroup {
  private final List<String> players;
  private final int[] first;
  private final int[] second;
  private final List<RoundSums> rounds;

  /** The points in one round. */
  private static final class RoundSums {
    /** Indices of the pairs that met in it. */
    private final int[] pairs;

    /** Points of the first and then of the second player of each. */
    private final double[] points;

    RoundSums(int[] pairs, double[] points) {
      this.pairs = pairs;
      this.points = points;
    }
  }

  /** The indices of two players, the smaller one first. */
  private record Pair(int first, int second) implements Comparable<Pair> {
    private static final Comparator<Pair> ORDER =
        Comparator.comparingInt(Pair::first).thenComparingInt(Pair::second);

    @Override
    public int compareTo(Pair other) {
      return ORDER.compare(this, other);
    }
  }

  private MatchGroup(List<String> players, int[] first, int[] second, List<RoundSums> rounds) {
    this.players = players;
    this.first = first;
    this.second = second;
    this.rounds = rounds;
  }

  /** Players by name. */
  List<String> players() {
    return players;
  }

  int pairs() {
    return first.length;
  }

  int rounds() {
    return rounds.size();
  }

  /** The number of matches. */
  int matches() {
    return (int) Math.round(Arrays.stream(points()).sum());
  }

  /** A solver for the pairs of this group. */
  BradleyTerry solver() {
    return new BradleyTerry(players.size(), first, second);
  }

  /** The points of the first and then of the second player of each pair, over all rounds. */
  double[] points() {
    int[] once = new int[rounds.size()];
    Arrays.fill(once, 1);
    double[] points = new double[2 * pairs()];
    addPoints(once, points);
    return points;
  }

  /** Adds the points of each round, as often as it is drawn. */
  void addPoints(int[] draws, double[] points) {
    for (int r = 0; r < draws.length; r++) {
      if (draws[r] == 0) {
        continue;
      }
      RoundSums round = rounds.get(r);
      for (int i = 0; i < round.pairs.length; i++) {
        int pair = round.pairs[i];
        points[2 * pair] += draws[r] * round.points[2 * i];
        points[2 * pair + 1] += draws[r] * round.points[2 * i + 1];
      }
    }
  }

  /** The number of rounds in which each player had a match. */
  int[] roundsByPlayer() {
    int[] counts = new int[players.size()];
    for (RoundSums round : rounds) {
      boolean[] present = new boolean[counts.length];
      for (int pair : round.pairs) {
        present[first[pair]] = true;
        present[second[pair]] = true;
      }
      for (int i = 0; i < counts.length; i++) {
        counts[i] += present[i] ? 1 : 0;
      }
    }
    return counts;
  }

  /** Splits matches by the players that they connect; the largest group first, then by name. */
  static List<MatchGroup> of(List<Match> matches) {
    Components components = new Components();
    for (Match match : matches) {
      components.connect(match.first(), match.second());
    }
    Map<String, List<Match>> byRoot = new TreeMap<>();
    for (Match match : matches) {
      byRoot.computeIfAbsent(components.root(match.first()), _ -> new ArrayList<>()).add(match);
    }
    // the root is the first name, so that groups of the same size are in the order of names
    return byRoot.values().stream()
        .map(MatchGroup::connected)
        .sorted((a, b) -> Integer.compare(b.players.size(), a.players.size()))
        .toList();
  }

  private static MatchGroup connected(List<Match> matches) {
    TreeSet<String> names = new TreeSet<>();
    for (Match match : matches) {
      names.add(match.first());
      names.add(match.second());
    }
    List<String> players = List.copyOf(names);
    TreeSet<Pair> pairs = new TreeSet<>();
    TreeMap<Match.Round, TreeMap<Pair, double[]>> sums = new TreeMap<>();
    for (Match match : matches) {
      int a = Collections.binarySearch(players, match.first());
      int b = Collections.binarySearch(players, match.second());
      Pair pair = new Pair(Math.min(a, b), Math.max(a, b));
      pairs.add(pair);
      double[] points =
          sums.computeIfAbsent(match.round(), _ -> new TreeMap<>())
              .computeIfAbsent(pair, _ -> new double[2]);
      points[a < b ? 0 : 1] += match.pointsOfFirst();
      points[a < b ? 1 : 0] += 1 - match.pointsOfFirst();
    }
    List<Pair> met = List.copyOf(pairs);
    int[] first = met.stream().mapToInt(Pair::first).toArray();
    int[] second = met.stream().mapToInt(Pair::second).toArray();
    List<RoundSums> rounds = new ArrayList<>();
    for (TreeMap<Pair, double[]> round : sums.values()) {
      int[] inRound =
          round.keySet().stream().mapToInt(pair -> Collections.binarySearch(met, pair)).toArray();
      double[] points = round.values().stream().flatMapToDouble(Arrays::stream).toArray();
      rounds.add(new RoundSums(inRound, points));
    }
    return new MatchGroup(players, first, second, rounds);
  }

  /** Union-find over names; the root of a set is its first name. */
  private static final class Components {
    private final Map<String, String> parents = new TreeMap<>();

    String root(String name) {
      String root = name;
      for (String up = parent(root); !up.equals(root); up = parent(root)) {
        root = up;
      }
      parents.put(name, root);
      return root;
    }

    void connect(String a, String b) {
      String rootOfA = root(a);
      String rootOfB = root(b);
      if (rootOfA.compareTo(rootOfB) < 0) {
        parents.put(rootOfB, rootOfA);
      } else {
        parents.put(rootOfA, rootOfB);
      }
    }

    private String parent(String name) {
      return parents.getOrDefault(name, name);
    }
  }
}
