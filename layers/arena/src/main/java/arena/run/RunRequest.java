package arena.run;

import arena.world.Scenario;
import java.util.Objects;

/**
 * A request to create a run.
 *
 * @param nTurns number of turns to play, from 0 to {@value Limits#MAX_TURNS}
 * @param label display name, at most {@value Limits#MAX_LABEL} characters; not empty
 */
public record RunRequest(Scenario scenario, Profile profile, int nTurns, String label) {
  /** The scenario of requests without one. */
  public static final Scenario DEFAULT_SCENARIO = Scenario.BALANCED;

  public RunRequest {
    Objects.requireNonNull(scenario);
    Objects.requireNonNull(profile);
    Objects.requireNonNull(label);
  }

  /** The default label: scenario and profile. */
  public static String defaultLabel(Scenario scenario, Profile profile) {
    return Limits.cut(scenario.label() + " · " + profile.name(), Limits.MAX_LABEL);
  }
}
