package arena.agent;

import arena.run.Profile;
import java.util.Map;

/** Finds the agent by the profile's model: {@code scripted} or a model behind an API. */
public final class ModelAgents implements Agents {
  /**
   * Reads what the models need from the environment.
   *
   * @param environment the function's environment variables
   */
  public ModelAgents(Map<String, String> environment) {}

  @Override
  public Agent forProfile(Profile profile) {
    if (profile.model().equals(Profile.SCRIPTED)) {
      return new ScriptedAgent(profile.promptVariant());
    }
    throw new ModelRefused(
        "The model '%s' is none that this arena knows: use scripted, bedrock:<model id> or openai:<model>."
            .formatted(profile.model()),
        null);
  }
}
