package arena.agent;

import arena.world.World;

/** Plays turns. One agent serves one profile. */
public interface Agent {
  /**
   * Decides one turn.
   *
   * @param world the state at the start of the turn
   * @param stateSummary the line that a model is shown, {@link World#summary()}
   * @return the decision; text that holds no action list is an empty turn, not an error
   * @throws ModelException if the model gave no answer, by cause
   */
  Decision decide(World world, String stateSummary);
}
