package arena.statistics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.statistics.ArmComparison.Verdict;
import arena.statistics.ArmOutcomes.Sampling;
import arena.world.Score;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExperimentsTest {
  private static final long SEED = 11;
  private static final int SAMPLES = 500;

  private static RunOutcome run(double economy) {
    return run(0, 8, economy, Optional.empty());
  }

  private static RunOutcome run(
      int age, int population, double economy, Optional<Integer> feudalTurn) {
    return new RunOutcome(
        false,
        Optional.of(new Score(age, population, economy)),
        feudalTurn,
        Optional.of(economy / 1000));
  }

  private static final RunOutcome FAILED =
      new RunOutcome(true, Optional.empty(), Optional.empty(), Optional.empty());

  private static ArmOutcomes arm(String name, RunOutcome... outcomes) {
    return new ArmOutcomes(name, Sampling.RANDOM, List.of(outcomes));
  }

  private static ArmOutcomes arm(String name, double mean, int runs, RandomStream random) {
    List<RunOutcome> outcomes = new ArrayList<>();
    for (int i = 0; i < runs; i++) {
      outcomes.add(run(mean + 100 * random.nextDouble()));
    }
    return new ArmOutcomes(name, Sampling.RANDOM, outcomes);
  }

  private static List<ArmSummary> summarize(ArmOutcomes... arms) {
    return Experiments.summarize(List.of(arms), 0, 0, 30, SEED, SAMPLES);
  }

  private static ArmComparison compared(ArmOutcomes control, ArmOutcomes arm) {
    return summarize(control, arm).get(1).versusControl().orElseThrow();
  }

  @Test
  void countsTiesHalf() {
    ArmComparison comparison =
        compared(arm("control", run(1), run(2)), arm("other", run(2), run(3)));
    // 2 beats 1 and ties with 2, 3 beats both
    assertEquals(0.875, comparison.winProbability().value());
  }

  @Test
  void comparesByAgeThenPopulationThenEconomy() {
    ArmOutcomes control = arm("control", run(0, 30, 900, Optional.empty()));
    assertEquals(
        1, compared(control, arm("age", run(1, 5, 0, Optional.of(3)))).winProbability().value());
    assertEquals(
        1,
        compared(control, arm("population", run(0, 31, 0, Optional.empty())))
            .winProbability()
            .value());
    assertEquals(
        0,
        compared(control, arm("economy", run(0, 30, 899, Optional.empty())))
            .winProbability()
            .value());
  }

  @Test
  void findsAClearDifference() {
    RandomStream random = RandomStream.of(1);
    ArmComparison better = compared(arm("control", 0, 20, random), arm("other", 70, 20, random));
    assertEquals(Verdict.BETTER, better.verdict());
    assertTrue(better.pAdjusted().orElseThrow() < 0.01);
    assertTrue(better.winProbability().low().orElseThrow() > 0.5);
    assertTrue(better.differences().economy().orElseThrow().low().orElseThrow() > 0);
    assertEquals(Optional.empty(), better.replicasNeeded());
    assertTrue(better.sentence().startsWith("other is better than control: "), better.sentence());
    ArmComparison worse = compared(arm("control", 70, 20, random), arm("other", 0, 20, random));
    assertEquals(Verdict.WORSE, worse.verdict());
    assertTrue(worse.sentence().startsWith("other is worse than control: "), worse.sentence());
  }

  @Test
  void reportsHowManyReplicasASmallDifferenceNeeds() {
    ArmComparison comparison =
        compared(
            arm("control", run(1), run(3), run(5), run(7), run(9)),
            arm("other", run(2), run(4), run(6), run(8), run(10)));
    assertEquals(Verdict.NOT_DISTINGUISHABLE, comparison.verdict());
    assertEquals(0.6, comparison.winProbability().value(), 1e-9);
    // (1.960 + 0.842)² / (6 · 0.1²)
    assertEquals(Optional.of(131), comparison.replicasNeeded());
    assertTrue(
        comparison.sentence().contains("with 5 replicas")
            && comparison.sentence().contains("about 131 replicas of each arm"),
        comparison.sentence());
  }

  @Test
  void oneReplicaIsNotTested() {
    ArmComparison comparison = compared(arm("control", run(1)), arm("other", run(2)));
    assertEquals(Verdict.NOT_DISTINGUISHABLE, comparison.verdict());
    assertEquals(Optional.empty(), comparison.pValue());
    assertTrue(comparison.sentence().contains("too few runs"), comparison.sentence());
  }

  @Test
  void countsEveryAssignmentOfFewRuns() {
    ArmComparison comparison =
        compared(
            arm("control", run(1), run(2), run(3), run(4)),
            arm("other", run(5), run(6), run(7), run(8)));
    assertEquals(2 / 70.0, comparison.pValue().orElseThrow(), 1e-12);
    ArmComparison ties = compared(arm("control", run(1), run(1)), arm("other", run(1), run(1)));
    assertEquals(1, ties.pValue().orElseThrow(), 1e-12);
    assertEquals(0.5, ties.winProbability().value());
  }

  @Test
  void randomAssignmentsGiveAboutTheExactPValue() {
    List<RunOutcome> arm = new ArrayList<>();
    List<RunOutcome> control = new ArrayList<>();
    for (int i = 0; i < 14; i++) {
      arm.add(run(2 * i + 5));
      control.add(run(2 * i));
    }
    double p = PermutationTest.pValue(arm, control, RandomStream.of(SEED), 20_000).orElseThrow();
    double q =
        PermutationTest.pValue(arm, control, RandomStream.of(SEED + 1), 20_000).orElseThrow();
    assertEquals(p, q, 0.01);
    assertEquals(Optional.empty(), PermutationTest.pValue(arm, control, RandomStream.of(SEED), 0));
  }

  @Test
  void correctsForTheNumberOfArms() {
    double[] adjusted = Holm.adjust(List.of(0.03, 0.01, 0.04, 0.5));
    assertEquals(0.09, adjusted[0], 1e-12);
    assertEquals(0.04, adjusted[1], 1e-12);
    assertEquals(0.09, adjusted[2], 1e-12, "not below a smaller one");
    assertEquals(0.5, adjusted[3], 1e-12);
    ArmOutcomes control = arm("control", run(1), run(2), run(3), run(4));
    ArmOutcomes other = arm("other", run(5), run(6), run(7), run(8));
    ArmOutcomes third = arm("third", run(5), run(6), run(7), run(8));
    List<ArmSummary> two = summarize(control, other, third);
    assertEquals(
        4 / 70.0, two.get(1).versusControl().orElseThrow().pAdjusted().orElseThrow(), 1e-12);
  }

  @Test
  void comparesWithTheChosenControl() {
    List<ArmSummary> summaries =
        Experiments.summarize(
            List.of(arm("a", run(5), run(6)), arm("b", run(1), run(2))), 1, 0, 5, SEED, SAMPLES);
    assertEquals(1, summaries.get(0).versusControl().orElseThrow().winProbability().value());
    assertEquals(Optional.empty(), summaries.get(1).versusControl());
  }

  @Test
  void reportsDeterministicArmsAsAFact() {
    ArmOutcomes control =
        new ArmOutcomes("control", Sampling.SCRIPTED, List.of(run(1), run(1), run(1)));
    ArmOutcomes other =
        new ArmOutcomes("other", Sampling.TEMPERATURE_ZERO, List.of(run(2), run(2), run(2)));
    List<ArmSummary> summaries = summarize(control, other);
    assertTrue(summaries.stream().allMatch(ArmSummary::deterministic));
    ArmComparison comparison = summaries.get(1).versusControl().orElseThrow();
    assertEquals(Verdict.DETERMINISTIC, comparison.verdict());
    assertEquals(Interval.unknown(1), comparison.winProbability());
    assertEquals(Optional.empty(), comparison.pValue());
    assertEquals(Interval.unknown(1), comparison.differences().economy().orElseThrow());
    assertTrue(
        comparison.sentence().startsWith("other ends better than control. Both are deterministic"),
        comparison.sentence());
  }

  @Test
  void identicalOutcomesOfARandomAgentAreNotCertain() {
    ArmComparison comparison =
        compared(
            arm("control", run(1), run(1), run(1), run(1), run(1)),
            arm("other", run(2), run(2), run(2), run(2), run(2)));
    assertEquals(Verdict.BETTER, comparison.verdict());
    assertEquals(1, comparison.winProbability().value());
    double low = comparison.winProbability().low().orElseThrow();
    assertTrue(low > 0.4 && low < 0.9, "low " + low);
  }

  @Test
  void aSingleModelRunIsNotDeterministic() {
    ArmOutcomes zero = new ArmOutcomes("zero", Sampling.TEMPERATURE_ZERO, List.of(run(1)));
    ArmOutcomes scripted = new ArmOutcomes("scripted", Sampling.SCRIPTED, List.of(run(1)));
    List<ArmSummary> summaries = summarize(zero, scripted);
    assertFalse(summaries.get(0).deterministic());
    assertTrue(summaries.get(1).deterministic());
  }

  @Test
  void aFailedRunLosesAndIsNamed() {
    List<ArmSummary> summaries =
        summarize(arm("control", run(1), run(2)), arm("other", run(3), FAILED));
    ArmSummary other = summaries.get(1);
    assertEquals(2, other.runs());
    assertEquals(1, other.failed());
    assertEquals(3, other.economy().orElseThrow().value(), "of the run that completed");
    ArmComparison comparison = other.versusControl().orElseThrow();
    assertEquals(0.5, comparison.winProbability().value());
    assertTrue(
        comparison.sentence().endsWith("1 of 2 runs of other failed and counts as a loss."),
        comparison.sentence());
  }

  @Test
  void anArmOfFailedRunsHasNoMeans() {
    ArmSummary summary = summarize(arm("control", run(1)), arm("other", FAILED, FAILED)).get(1);
    assertEquals(Optional.empty(), summary.economy());
    assertEquals(0, summary.feudalShare().orElseThrow().value());
    assertEquals(0, summary.versusControl().orElseThrow().winProbability().value());
  }

  @Test
  void anArmWithoutARunIsNotCompared() {
    List<ArmSummary> summaries = summarize(arm("control", run(1)), arm("other"));
    assertEquals(Optional.empty(), summaries.get(1).versusControl());
    assertEquals(Optional.empty(), summaries.get(1).feudalShare());
    assertEquals(List.of(), summaries.get(1).feudalByTurn());
  }

  @Test
  void sharesByTurnGrowToTheShareOfAllRuns() {
    ArmOutcomes arm =
        arm(
            "control",
            run(1, 8, 0, Optional.of(12)),
            run(1, 8, 1, Optional.of(14)),
            run(0, 8, 2, Optional.empty()),
            run(1, 8, 3, Optional.of(14)));
    ArmSummary summary = Experiments.summarize(List.of(arm), 0, 10, 15, SEED, SAMPLES).getFirst();
    assertEquals(
        List.of(0.0, 0.0, 0.25, 0.25, 0.75, 0.75),
        summary.feudalByTurn().stream().map(share -> share.share().value()).toList());
    assertEquals(10, summary.feudalByTurn().getFirst().t());
    assertEquals(0.75, summary.feudalShare().orElseThrow().value());
    Interval none = summary.feudalByTurn().getFirst().share();
    assertEquals(0, none.low().orElseThrow());
    // Jeffreys' upper limit for 0 of 4 is 0.45 for one-sided tails of 2.5 %
    assertEquals(0.45, none.high().orElseThrow(), 0.06);
  }

  @Test
  void aSeedGivesTheSameNumbersAgain() {
    RandomStream random = RandomStream.of(3);
    ArmOutcomes control = arm("control", 0, 9, random);
    ArmOutcomes other = arm("other", 20, 9, random);
    assertEquals(summarize(control, other), summarize(control, other));
    assertNotEquals(
        summarize(control, other),
        Experiments.summarize(List.of(control, other), 0, 0, 30, SEED + 1, SAMPLES));
  }

  @Test
  void anotherArmDoesNotChangeTheNumbersOfTheFirst() {
    RandomStream random = RandomStream.of(3);
    ArmOutcomes control = arm("control", 0, 9, random);
    ArmOutcomes other = arm("other", 20, 9, random);
    ArmOutcomes third = arm("third", 20, 9, random);
    assertEquals(
        summarize(control, other).get(1).economy(),
        summarize(control, third, other).get(2).economy());
  }

  @Test
  void withoutSamplesThereAreEstimatesOnly() {
    ArmSummary summary =
        Experiments.summarize(
                List.of(arm("control", run(1), run(2)), arm("other", run(2), run(4))),
                0,
                0,
                3,
                SEED,
                0)
            .get(1);
    assertEquals(Interval.unknown(3), summary.economy().orElseThrow());
    assertEquals(Interval.unknown(0.875), summary.versusControl().orElseThrow().winProbability());
  }

  /** 1,000 simulated experiments for each number of replicas. */
  @ParameterizedTest
  @CsvSource({"5, 0", "10, 30", "20, 30", "20, 60"})
  void intervalsContainTheTrueValues(int replicas, double shift) {
    RandomStream random = RandomStream.of(replicas, "coverage");
    // two uniform variables of width 100, shifted against each other
    double beaten = (100 - shift) / 100;
    double winProbability = 1 - beaten * beaten / 2;
    int means = 0;
    int wins = 0;
    int simulations = 1_000;
    for (int i = 0; i < simulations; i++) {
      ArmOutcomes control = arm("control", 0, replicas, random);
      ArmOutcomes other = arm("other", shift, replicas, random);
      ArmComparison comparison =
          Experiments.summarize(List.of(control, other), 0, 0, 0, i, 200)
              .get(1)
              .versusControl()
              .orElseThrow();
      means += comparison.differences().economy().orElseThrow().contains(shift) ? 1 : 0;
      wins += comparison.winProbability().contains(winProbability) ? 1 : 0;
    }
    assertTrue(means >= 930 && means <= 970, "difference of means: " + means);
    // the two further runs make the interval of few runs wider than it must be
    int most = replicas < 10 ? 990 : 970;
    assertTrue(wins >= 930 && wins <= most, "probability to win: " + wins);
  }
}
