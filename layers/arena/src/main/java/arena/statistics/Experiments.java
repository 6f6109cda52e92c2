package arena.statistics;

import arena.statistics.ArmComparison.Differences;
import arena.statistics.ArmComparison.Verdict;
import arena.world.Score;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/**
 * Compares the arms of an experiment. Means are estimated by {@link Means}, shares and the
 * probability to win by {@link WeightedRuns}, and the hypothesis that an arm and the control are
 * the same is tested by {@link PermutationTest}. A failed run has no population and economy, counts
 * as a loss, and as a run that reached the Feudal Age only if it did.
 */
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
   * @param samples number of bootstrap samples and of permutations, at most {@value #MAX_SAMPLES};
   *     fewer than 2 for no intervals
   * @return one summary for each arm, in order
   */
  public static List<ArmSummary> summarize(
      List<ArmOutcomes> arms, int control, int firstTurn, int lastTurn, long seed, int samples) {
    List<ResampledArm> resampled =
        arms.stream().map(arm -> new ResampledArm(arm, seed, samples)).toList();
    ResampledArm base = resampled.get(control);
    List<Optional<Double>> pValues = new ArrayList<>();
    for (ResampledArm arm : resampled) {
      pValues.add(
          arm == base
              ? Optional.empty()
              : pValue(arm, base, RandomStream.of(seed, "test " + arm.name()), samples));
    }
    List<Double> tested = pValues.stream().flatMap(Optional::stream).toList();
    double[] adjusted = Holm.adjust(tested);
    List<ArmSummary> summaries = new ArrayList<>();
    int next = 0;
    for (int i = 0; i < arms.size(); i++) {
      ResampledArm arm = resampled.get(i);
      Optional<Double> pValue = pValues.get(i);
      Optional<Double> pAdjusted =
          pValue.isPresent() ? Optional.of(adjusted[next++]) : Optional.empty();
      Optional<ArmComparison> comparison =
          arm == base || arm.runs() == 0 || base.runs() == 0
              ? Optional.empty()
              : Optional.of(compare(arm, base, pValue, pAdjusted, arms.size() - 1));
      summaries.add(arm.summary(firstTurn, lastTurn, comparison));
    }
    return summaries;
  }

  private static Optional<Double> pValue(
      ResampledArm arm, ResampledArm control, RandomStream random, int samples) {
    boolean tooFew = arm.runs() < 2 || control.runs() < 2;
    return tooFew || (arm.deterministic() && control.deterministic())
        ? Optional.empty()
        : PermutationTest.pValue(arm.outcomes(), control.outcomes(), random, samples);
  }

  private static ArmComparison compare(
      ResampledArm arm,
      ResampledArm control,
      Optional<Double> pValue,
      Optional<Double> pAdjusted,
      int tests) {
    Interval winProbability = arm.winProbability(control);
    boolean facts = arm.deterministic() && control.deterministic();
    Verdict verdict;
    if (facts) {
      verdict = Verdict.DETERMINISTIC;
    } else if (pAdjusted.isEmpty() || pAdjusted.get() >= 1 - Interval.LEVEL) {
      verdict = Verdict.NOT_DISTINGUISHABLE;
    } else {
      verdict = winProbability.value() > 0.5 ? Verdict.BETTER : Verdict.WORSE;
    }
    Optional<Integer> needed =
        verdict == Verdict.NOT_DISTINGUISHABLE
            ? ReplicasNeeded.toFind(winProbability.value(), tests)
                .map(count -> Math.max(count, Math.min(arm.runs(), control.runs()) + 1))
            : Optional.empty();
    String sentence =
        new VerdictSentence(arm, control, winProbability, pAdjusted, verdict, needed).text();
    return new ArmComparison(
        winProbability, arm.minus(control), pValue, pAdjusted, verdict, sentence, needed);
  }

  /** An arm with its samples. */
  static final class ResampledArm {
    private final ArmOutcomes arm;
    private final boolean deterministic;
    private final Optional<Means> population;
    private final Optional<Means> economy;
    private final Optional<Means> costUsd;
    private final WeightedRuns weighted;

    private ResampledArm(ArmOutcomes arm, long seed, int samples) {
      this.arm = arm;
      deterministic = isDeterministic(arm);
      population = means(score -> score.population(), seed, "population", samples);
      economy = means(Score::economy, seed, "economy", samples);
      costUsd =
          Means.of(
              values(RunOutcome::costUsd),
              deterministic,
              RandomStream.of(seed, "cost_usd " + arm.name()),
              samples);
      weighted =
          WeightedRuns.of(arm.outcomes(), RandomStream.of(seed, "weights " + arm.name()), samples);
    }

    private static boolean isDeterministic(ArmOutcomes arm) {
      long different =
          arm.outcomes().stream()
              .map(run -> List.of(run.failed(), run.score(), run.feudalTurn()))
              .distinct()
              .count();
      return different == 1
          && switch (arm.sampling()) {
            case SCRIPTED -> true;
            case TEMPERATURE_ZERO -> arm.outcomes().size() > 1;
            case RANDOM -> false;
          };
    }

    private Optional<Means> means(
        ToDoubleFunction<Score> value, long seed, String name, int samples) {
      double[] values =
          values(run -> run.failed() ? Optional.empty() : run.score().map(value::applyAsDouble));
      return Means.of(
          values, deterministic, RandomStream.of(seed, name + " " + arm.name()), samples);
    }

    private double[] values(Function<RunOutcome, Optional<Double>> value) {
      return arm.outcomes().stream()
          .flatMap(run -> value.apply(run).stream())
          .mapToDouble(Double::doubleValue)
          .toArray();
    }

    String name() {
      return arm.name();
    }

    int runs() {
      return arm.outcomes().size();
    }

    int failed() {
      return (int) arm.outcomes().stream().filter(RunOutcome::failed).count();
    }

    List<RunOutcome> outcomes() {
      return arm.outcomes();
    }

    boolean deterministic() {
      return deterministic;
    }

    private ArmSummary summary(int firstTurn, int lastTurn, Optional<ArmComparison> comparison) {
      return new ArmSummary(
          arm.name(),
          runs(),
          failed(),
          population.map(means -> means.interval().within(0, Double.MAX_VALUE)),
          economy.map(means -> means.interval().within(0, Double.MAX_VALUE)),
          costUsd.map(means -> means.interval().within(0, Double.MAX_VALUE)),
          runs() == 0 ? Optional.empty() : Optional.of(feudalShare(Integer.MAX_VALUE)),
          feudalByTurn(firstTurn, lastTurn),
          deterministic,
          comparison);
    }

    private List<ArmSummary.ShareByTurn> feudalByTurn(int firstTurn, int lastTurn) {
      List<ArmSummary.ShareByTurn> shares = new ArrayList<>();
      for (int t = firstTurn; t <= lastTurn && runs() > 0; t++) {
        int turn = t;
        boolean same =
            !shares.isEmpty()
                && outcomes().stream().noneMatch(run -> run.feudalTurn().equals(Optional.of(turn)));
        Interval share = same ? shares.getLast().share() : feudalShare(t);
        shares.add(new ArmSummary.ShareByTurn(t, share));
      }
      return shares;
    }

    private static double reached(RunOutcome run, int byTurn) {
      return run.feudalTurn().isPresent() && run.feudalTurn().get() <= byTurn ? 1 : 0;
    }

    private double meanReached(int byTurn) {
      return outcomes().stream().mapToDouble(run -> reached(run, byTurn)).average().orElse(0);
    }

    private Interval feudalShare(int byTurn) {
      return interval(meanReached(byTurn), weighted.shares(run -> reached(run, byTurn)), this);
    }

    private Differences minus(ResampledArm control) {
      double[] shares = weighted.shares(run -> reached(run, Integer.MAX_VALUE));
      double[] ofControl = control.weighted.shares(run -> reached(run, Integer.MAX_VALUE));
      for (int i = 0; i < shares.length; i++) {
        shares[i] -= ofControl[i];
      }
      double difference = meanReached(Integer.MAX_VALUE) - control.meanReached(Integer.MAX_VALUE);
      return new Differences(
          minus(population, control.population),
          minus(economy, control.economy),
          minus(costUsd, control.costUsd),
          Optional.of(interval(difference, shares, this, control)));
    }

    private static Optional<Interval> minus(Optional<Means> mine, Optional<Means> theirs) {
      return mine.isEmpty() || theirs.isEmpty()
          ? Optional.empty()
          : Optional.of(mine.get().minus(theirs.get()));
    }

    /** The probability that a run of this arm beats one of the other; ties count half. */
    private Interval winProbability(ResampledArm other) {
      double[][] points = new double[runs()][other.runs()];
      double sum = 0;
      for (int i = 0; i < points.length; i++) {
        for (int j = 0; j < points[i].length; j++) {
          int order = outcomes().get(i).compareWith(other.outcomes().get(j));
          points[i][j] = (1 + Integer.signum(order)) / 2.0;
          sum += points[i][j];
        }
      }
      double value = sum / ((double) runs() * other.runs());
      return interval(value, weighted.winProbabilities(other.weighted, points), this, other);
    }

    /** Quantiles of samples around an estimate; unknown for arms that are all deterministic. */
    private static Interval interval(double value, double[] samples, ResampledArm... arms) {
      if (samples.length < 2 || Arrays.stream(arms).allMatch(ResampledArm::deterministic)) {
        return Interval.unknown(value);
      }
      double[] sorted = samples.clone();
      Arrays.sort(sorted);
      double tail = (1 - Interval.LEVEL) / 2;
      return Interval.of(
          value,
          Math.min(value, Quantiles.ofSorted(sorted, tail)),
          Math.max(value, Quantiles.ofSorted(sorted, 1 - tail)));
    }
  }
}
