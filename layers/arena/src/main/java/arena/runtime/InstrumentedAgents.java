package arena.runtime;

import arena.agent.Agent;
import arena.agent.AgentResolver;
import arena.agent.Decision;
import arena.run.Profile;
import arena.world.World;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Agents whose time is taken. A model that never answers is the last that the log tells of. */
final class InstrumentedAgents implements AgentResolver {
  private static final Logger LOG = LoggerFactory.getLogger(InstrumentedAgents.class);

  private final AgentResolver agents;
  private final Metrics metrics;

  InstrumentedAgents(AgentResolver agents, Metrics metrics) {
    this.agents = agents;
    this.metrics = metrics;
  }

  @Override
  public Agent forProfile(Profile profile) {
    Telemetry.step(Step.MODEL);
    Agent agent = agents.forProfile(profile);
    return (world, summary) -> decide(agent, profile, world, summary);
  }

  private Decision decide(Agent agent, Profile profile, World world, String summary) {
    LOG.info("model {} is asked", profile.model());
    return metrics.timed(Step.MODEL, Metric.MODEL_TIME, () -> agent.decide(world, summary));
  }
}
