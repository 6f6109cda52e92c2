package arena.statistics;

import java.util.List;
import java.util.Optional;

/**
 * An arm of an experiment in numbers. An estimate is empty if no run allows it.
 *
 * @param runs runs that have ended
 * @param failed those of them that failed
 * @param population mean final population of the runs that completed
 * @param economy mean food + wood of the same
 * @param costUsd mean cost of the runs whose cost is known
 * @param feudalShare share of the runs that reached the Feudal Age
 * @param feudalByTurn the same by each turn
 * @param deterministic whether more runs would show nothing new: all have the same outcome, and the
 *     agent is scripted, or a model at temperature 0 with at least two runs
 * @param versusControl empty for the control, and if one of the two arms has no ended run
 */
public record ArmSummary(
    String name,
    int runs,
    int failed,
    Optional<Interval> population,
    Optional<Interval> economy,
    Optional<Interval> costUsd,
    Optional<Interval> feudalShare,
    List<ShareByTurn> feudalByTurn,
    boolean deterministic,
    Optional<ArmComparison> versusControl) {

  /** The share of runs that reached the Feudal Age by a turn. */
  public record ShareByTurn(int t, Interval share) {}
}
