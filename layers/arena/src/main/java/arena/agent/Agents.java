package arena.agent;

import arena.run.Profile;

/** Finds the agent for a profile. */
public interface Agents {
  /** The agent that plays this profile. */
  Agent forProfile(Profile profile);
}
