package arena.statistics;

import java.util.List;

/**
 * An arm of an experiment with its runs that have ended.
 *
 * @param name unique among the arms
 */
public record ArmOutcomes(String name, Sampling sampling, List<RunOutcome> outcomes) {
  public ArmOutcomes {
    outcomes = List.copyOf(outcomes);
  }

  /** How the arm's agent arrives at an answer. */
  public enum Sampling {
    /** Without a model: the same state always gives the same actions. */
    SCRIPTED,
    /** A model at temperature 0, which usually repeats itself. */
    TEMPERATURE_ZERO,
    /** A model at a temperature above 0. */
    RANDOM
  }
}
