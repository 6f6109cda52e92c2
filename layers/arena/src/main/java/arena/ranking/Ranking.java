package arena.ranking;

import arena.statistics.Interval;
import java.util.List;
import java.util.Optional;

/**
 * Players by strength.
 *
 * @param components players that are connected by matches, the largest component first; players of
 *     different components cannot be compared
 * @param scenarios the same within each scenario, by name
 * @param matches number of pairs of runs
 * @param failedRuns entries whose run failed
 */
public record Ranking(
    List<Component> components, List<InScenario> scenarios, int matches, int failedRuns) {

  /** The ranking within one scenario. */
  public record InScenario(String scenario, List<Component> components) {}

  /**
   * Players that are connected by matches.
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
   *     better in one of the two
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
    throw new UnsupportedOperationException("not yet");
  }
}
