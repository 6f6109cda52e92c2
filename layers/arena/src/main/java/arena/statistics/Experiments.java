package arena.statistics;

import java.util.List;

/** Compares the arms of an experiment. */
public final class Experiments {
  /** Maximum number of bootstrap samples and permutations. */
  public static final int MAX_SAMPLES = 2_000;

  private Experiments() {}

  /**
   * Summarizes each arm and compares it with the control.
   *
   * @param control index of the control in {@code arms}
   * @param firstTurn the turn at which the arms begin
   * @param lastTurn the last turn of {@link ArmSummary#feudalByTurn}
   * @param seed of the bootstrap samples and permutations
   * @param samples number of bootstrap samples and of permutations; 0 for no intervals and p-values
   * @return one summary for each arm, in order
   */
  public static List<ArmSummary> summarize(
      List<ArmOutcomes> arms, int control, int firstTurn, int lastTurn, long seed, int samples) {
    throw new UnsupportedOperationException("not yet");
  }
}
