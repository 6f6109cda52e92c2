package arena.agent;

import arena.world.World;

/** Decides turns for one profile. */
public interface Agent {
  /**
   * Decides one turn.
   *
   * @param world the state at the start of the turn
   * @param stateSummary {@link World#summary()}, the line sent to the model
   * @return the decision; empty if the answer has no action list
   * @throws ModelException if the model call failed; the subclass is the cause
   */
  Decision decide(World world, String stateSummary);
}
