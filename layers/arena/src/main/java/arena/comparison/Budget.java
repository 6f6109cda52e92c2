package arena.comparison;

import java.util.Optional;

/**
 * What a comparison may spend. No run starts once one of the limits is reached, so that it is
 * exceeded at most by the runs that are being played at that moment.
 *
 * @param usd US dollars, at least {@link arena.run.Limits#MIN_BUDGET_USD}; empty for no limit
 * @param turns turns played, at least 1; empty for no limit
 */
public record Budget(Optional<Double> usd, Optional<Long> turns) {
  /** No limit. */
  public static final Budget NONE = new Budget(Optional.empty(), Optional.empty());

  /** Whether this much spends the budget. */
  public boolean spentBy(double costUsd, long turnsPlayed) {
    return usd.filter(limit -> costUsd >= limit).isPresent()
        || turns.filter(limit -> turnsPlayed >= limit).isPresent();
  }

  /** Whether this much is within the budget. */
  public boolean allows(double costUsd, long turnsPlayed) {
    return usd.stream().allMatch(limit -> costUsd <= limit)
        && turns.stream().allMatch(limit -> turnsPlayed <= limit);
  }
}
