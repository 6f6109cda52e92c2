package arena.ranking;

import arena.statistics.RunOutcome;
import java.util.Optional;

/**
 * An ended run of a player. It is matched with every run of another player in the same scenario and
 * round.
 *
 * @param player what is ranked: a profile's name, or a model
 * @param round name of the round; together with the scenario it identifies the runs that are
 *     matched with each other
 */
public record Entry(String player, String scenario, String round, RunOutcome outcome) {
  Match.Round group() {
    return new Match.Round(scenario, round);
  }

  /** The same for runs of one player that ended alike, at any cost, in any round of a scenario. */
  Object withoutRound() {
    RunOutcome alike =
        new RunOutcome(outcome.failed(), outcome.score(), outcome.feudalTurn(), Optional.empty());
    return new Entry(player, scenario, "", alike);
  }
}
