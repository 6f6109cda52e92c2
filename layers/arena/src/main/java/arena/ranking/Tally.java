package arena.ranking;

import arena.statistics.Interval;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Counts the matches and runs of a player. Not thread-safe. */
final class Tally {
  private int wins;
  private int ties;
  private int losses;
  private int runs;
  private int failed;
  private final List<Double> costs = new ArrayList<>();

  void addRun(Entry entry) {
    runs++;
    failed += entry.outcome().failed() ? 1 : 0;
    entry.outcome().costUsd().ifPresent(costs::add);
  }

  void addMatch(double points) {
    if (points == 1) {
      wins++;
    } else if (points == 0) {
      losses++;
    } else {
      ties++;
    }
  }

  int wins() {
    return wins;
  }

  int ties() {
    return ties;
  }

  int losses() {
    return losses;
  }

  int runs() {
    return runs;
  }

  int failed() {
    return failed;
  }

  /** Mean cost of the runs whose cost is known. */
  Optional<Double> meanCost() {
    return costs.isEmpty() ? Optional.empty() : Optional.of(cost() / costs.size());
  }

  /** Sum of the known costs, independent of the order of the runs. */
  double cost() {
    return costs.stream().sorted().mapToDouble(Double::doubleValue).sum();
  }

  Ranking.RankedPlayer ranked(int rank, String player, Optional<Interval> rating, boolean pareto) {
    return new Ranking.RankedPlayer(
        rank, player, rating, wins, ties, losses, failed, meanCost(), pareto);
  }
}
