package arena.comparison;

import java.util.List;

/**
 * What a comparison is expected to take. Turns are the most that it can play: a run that fails ends
 * early.
 *
 * @param cells number of runs
 * @param turns turns of all runs
 * @param modelCalls calls of models: one for each turn of a profile with a model
 * @param costUsd cost of the models' calls
 * @param costKnown whether the prices of all models are known; the others are counted as 0
 * @param withinBudget whether cost and turns are within the budget
 * @param basis what the estimate is based on, for each profile
 */
public record Estimate(
    int cells,
    long turns,
    long modelCalls,
    long tokensIn,
    long tokensOut,
    double costUsd,
    boolean costKnown,
    boolean withinBudget,
    List<Basis> basis) {

  /** Where the numbers of a profile are from. */
  public enum Source {
    /** Past runs with the profile's model, temperature and prompt variant. */
    PAST_RUNS("past_runs"),
    /** {@link Estimator#DEFAULT_TOKENS_OUT} and the length of the prompt. */
    DEFAULTS("defaults"),
    /** The profile plays without a model. */
    NO_MODEL("no_model");

    private final String label;

    Source(String label) {
      this.label = label;
    }

    /** The name in JSON. */
    public String label() {
      return label;
    }
  }

  /**
   * The basis of a profile's estimate.
   *
   * @param profile its name
   * @param runs number of past runs; 0 without
   */
  public record Basis(
      String profile,
      String model,
      Source source,
      int runs,
      double tokensInPerTurn,
      double tokensOutPerTurn,
      double costUsdPerTurn) {}
}
