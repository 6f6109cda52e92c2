package arena.agent;

import arena.run.Profile;

/** Resolves a profile to its agent. */
public interface AgentResolver {
  /**
   * Returns the agent for a profile.
   *
   * @throws ModelRefused if the model is unknown or its endpoint is not configured
   */
  Agent forProfile(Profile profile);
}
