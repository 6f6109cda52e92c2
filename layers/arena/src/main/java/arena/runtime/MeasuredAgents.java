package arena.runtime;

import arena.agent.Agent;
import arena.agent.Agents;
import arena.agent.Decision;
import arena.run.Profile;
import arena.world.World;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Agents whose time is taken. A model that never answers is the last that the log tells of. */
final class MeasuredAgents implements Agents {
  private static final Logger LOG = LoggerFactory.getLogger(MeasuredAgents.class);

  private final Agents agents;
  private final Measures measures;

  MeasuredAgents(Agents agents, Measures measures) {
    this.agents = agents;
    this.measures = measures;
  }

  @Override
  public Agent forProfile(Profile profile) {
    Telemetry.step(Step.MODEL);
    Agent agent = agents.forProfile(profile);
    return (world, summary) -> decide(agent, profile, world, summary);
  }

  private Decision decide(Agent agent, Profile profile, World world, String summary) {
    LOG.info("model {} is asked", profile.model());
    return measures.timed(Step.MODEL, Metric.MODEL_TIME, () -> agent.decide(world, summary));
  }
}
