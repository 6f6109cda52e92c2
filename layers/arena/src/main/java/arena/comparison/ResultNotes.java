package arena.comparison;

import arena.ranking.Entry;
import arena.ranking.Ranking;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** States in sentences what limits the standings of a race, and a ranking. */
public final class ResultNotes {
  /** Maximum number of names in a sentence. */
  private static final int MAX_NAMES = 5;

  /** Rounds from which the intervals of three and more players have the stated coverage. */
  private static final int SUFFICIENT_ROUNDS = 10;

  private ResultNotes() {}

  /** Describes what is open, what was not started and why, what failed, and what repeats. */
  public static String ofRace(Comparison race, List<Entry> entries) {
    List<String> sentences = new ArrayList<>();
    Comparison.Counts cells = race.progress().cells();
    int pending = cells.pending();
    int all = pending + cells.complete() + cells.failed() + cells.notStarted();
    sentences.add(
        switch (race.status()) {
          case WAITING ->
              "The race waits for another comparison that plays on a provider that it needs.";
          case RUNNING ->
              pending == 0
                  ? "All runs have ended."
                  : String.format(Locale.ROOT, "%d of %s have not ended yet.", pending, runs(all));
          case COMPLETE -> "All runs have ended.";
          case CANCELLED ->
              String.format(
                  Locale.ROOT,
                  "The race was cancelled: %d of %s were not started.",
                  cells.notStarted(),
                  runs(all));
          case BUDGET_SPENT ->
              String.format(
                  Locale.ROOT,
                  "The budget is spent: %d of %s were not started.",
                  cells.notStarted(),
                  runs(all));
        });
    if (!race.status().startsCells() && pending > 0) {
      sentences.add(String.format(Locale.ROOT, "%s are still being played.", runs(pending)));
    }
    addFailures(entries, sentences);
    addRepeats(entries, sentences);
    addCoverage(entries, rounds(entries).size(), sentences);
    return String.join(" ", sentences);
  }

  /**
   * Describes what was not included, what failed, what repeats, and what does not connect.
   *
   * @param open races that have not ended
   * @param complete whether all runs of the catalog were read
   */
  public static String ofRanking(Ranking ranking, List<Entry> entries, int open, boolean complete) {
    List<String> sentences = new ArrayList<>();
    if (open > 0) {
      sentences.add(
          open == 1
              ? "One race has not ended; its ended runs are included."
              : open + " races have not ended; their ended runs are included.");
    }
    if (!complete) {
      sentences.add(
          String.format(
              Locale.ROOT,
              "Only the newest %d runs were read; use from and to for others.",
              ComparisonQueries.MAX_RUNS_READ));
    }
    if (ranking.matches() == 0) {
      sentences.add("No two players have a run in the same scenario and round.");
    } else if (ranking.components().size() > 1) {
      sentences.add(
          String.format(
              Locale.ROOT,
              "The players are in %d groups without a match between them, which cannot be compared"
                  + " with each other.",
              ranking.components().size()));
    }
    addFailures(entries, sentences);
    addRepeats(entries, sentences);
    if (ranking.matches() > 0) {
      Map<String, Integer> byScenario = new TreeMap<>();
      rounds(entries).forEach(round -> byScenario.merge(round.getFirst(), 1, Integer::sum));
      addCoverage(entries, Collections.min(byScenario.values()), sentences);
    }
    return String.join(" ", sentences);
  }

  /** Scenario and round of each round with a run. */
  private static Set<List<String>> rounds(List<Entry> entries) {
    Set<List<String>> rounds = new HashSet<>();
    entries.forEach(entry -> rounds.add(List.of(entry.scenario(), entry.round())));
    return rounds;
  }

  /** See the coverage of {@code arena.ranking.Ratings}. */
  private static void addCoverage(List<Entry> entries, int rounds, List<String> sentences) {
    long players = entries.stream().map(Entry::player).distinct().count();
    if (players >= 2 && (players == 2 || rounds < SUFFICIENT_ROUNDS)) {
      sentences.add(
          String.format(
              Locale.ROOT,
              "Rating intervals of two players, or from fewer than %d rounds, are approximate: they"
                  + " contain the true rating in 90 to 100 %% of rankings instead of 95 %%.",
              SUFFICIENT_ROUNDS));
    }
  }

  private static void addFailures(List<Entry> entries, List<String> sentences) {
    Map<String, Integer> failures = new TreeMap<>();
    int failed = 0;
    for (Entry entry : entries) {
      if (entry.outcome().failed()) {
        failures.merge(entry.player(), 1, Integer::sum);
        failed++;
      }
    }
    if (failed > 0) {
      List<String> named =
          failures.entrySet().stream()
              .map(failure -> failure.getKey() + " (" + failure.getValue() + ")")
              .toList();
      sentences.add(
          String.format(
              Locale.ROOT,
              "%s failed and %s: %s.",
              runs(failed),
              failed == 1 ? "counts as a loss" : "count as losses",
              list(named)));
    }
  }

  /** Names the players whose outcome is the same in every round of a scenario. */
  private static void addRepeats(List<Entry> entries, List<String> sentences) {
    Map<String, Set<Object>> results = new TreeMap<>();
    Map<String, Set<String>> scenarios = new TreeMap<>();
    Map<String, Integer> played = new TreeMap<>();
    for (Entry entry : entries) {
      Object result = List.of(entry.scenario(), entry.outcome().failed(), entry.outcome().score());
      results.computeIfAbsent(entry.player(), _ -> new HashSet<>()).add(result);
      scenarios.computeIfAbsent(entry.player(), _ -> new TreeSet<>()).add(entry.scenario());
      played.merge(entry.player(), 1, Integer::sum);
    }
    List<String> repeating = new ArrayList<>();
    played.forEach(
        (player, runs) -> {
          int different = results.getOrDefault(player, Set.of()).size();
          int inScenarios = scenarios.getOrDefault(player, Set.of()).size();
          if (different == inScenarios && runs >= 2 * inScenarios) {
            repeating.add(player);
          }
        });
    if (!repeating.isEmpty()) {
      sentences.add(
          String.format(
              Locale.ROOT,
              "%s had the same result in every round of a scenario, so that further rounds show"
                  + " nothing new about %s.",
              list(repeating),
              repeating.size() == 1 ? "it" : "them"));
    }
  }

  private static String list(List<String> names) {
    return names.size() <= MAX_NAMES
        ? String.join(", ", names)
        : String.join(", ", names.subList(0, MAX_NAMES))
            + " and "
            + (names.size() - MAX_NAMES)
            + " more";
  }

  private static String runs(int count) {
    return count == 1 ? "1 run" : count + " runs";
  }
}
