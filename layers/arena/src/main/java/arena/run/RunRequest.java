package arena.run;

import arena.world.Scenario;
import java.util.Objects;

/**
 * Asks for a run.
 *
 * @param scenario where its game begins
 * @param profile what plays it
 * @param nTurns turns it is to play, from 0 to {@value Limits#MAX_TURNS}
 * @param label shown beside the run, at most {@value Limits#MAX_LABEL} characters; never empty
 */
public record RunRequest(Scenario scenario, Profile profile, int nTurns, String label) {
  /** Where the game begins when a request does not say. */
  public static final Scenario DEFAULT_SCENARIO = Scenario.BALANCED;

  public RunRequest {
    Objects.requireNonNull(scenario);
    Objects.requireNonNull(profile);
    Objects.requireNonNull(label);
  }

  /** The label of a run that was asked for without one: where it begins and what plays it. */
  public static String defaultLabel(Scenario scenario, Profile profile) {
    return Limits.cut(scenario.label() + " · " + profile.name(), Limits.MAX_LABEL);
  }
}
