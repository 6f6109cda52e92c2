package arena.agent;

import arena.run.Profile;

/** Finds the agent for a profile. */
public interface AgentResolver {
  /**
   * The agent that plays this profile.
   *
   * @throws ModelRefused if there is none: the model is unknown, or its endpoint is not set
   */
  Agent forProfile(Profile profile);
}
