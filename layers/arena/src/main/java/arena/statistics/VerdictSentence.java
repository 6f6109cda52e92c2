package arena.statistics;

import arena.statistics.ArmComparison.Verdict;
import java.util.Locale;
import java.util.Optional;

/** States in a sentence or two what follows from a comparison with the control. */
record VerdictSentence(
    Experiments.ResampledArm arm,
    Experiments.ResampledArm control,
    Interval winProbability,
    Optional<Double> pAdjusted,
    Verdict verdict,
    Optional<Integer> replicasNeeded) {

  String text() {
    String sentence =
        switch (verdict) {
          case DETERMINISTIC -> deterministic();
          case BETTER, WORSE ->
              String.format(
                  Locale.ROOT,
                  "%s is %s than %s: %s.",
                  arm.name(),
                  verdict.label(),
                  control.name(),
                  evidence());
          case NOT_DISTINGUISHABLE -> notDistinguishable();
        };
    return sentence + failures(arm) + failures(control) + repeats();
  }

  private String deterministic() {
    double value = winProbability.value();
    String result =
        value == 0.5 ? "ends the same as" : value > 0.5 ? "ends better than" : "ends worse than";
    return String.format(
        Locale.ROOT,
        "%s %s %s. Both are deterministic: each had one and the same outcome in all of its runs, so"
            + " this is a fact about this starting point, and more replicas would show nothing new.",
        arm.name(),
        result,
        control.name());
  }

  private String notDistinguishable() {
    String need =
        replicasNeeded
            .map(
                count ->
                    String.format(
                        Locale.ROOT,
                        "about %d replicas of each arm would be needed to find a difference of this"
                            + " size",
                        count))
            .orElse("no number of replicas would find a difference this small");
    return String.format(
        Locale.ROOT,
        "%s is not distinguishable from %s with %s: %s; %s.",
        arm.name(),
        control.name(),
        arm.runs() == control.runs()
            ? count(arm.runs(), "replica")
            : arm.runs() + " and " + count(control.runs(), "replica"),
        evidence(),
        need);
  }

  /** The probability with its interval, and the p-value. */
  private String evidence() {
    String interval =
        winProbability
            .low()
            .map(
                low ->
                    String.format(
                        Locale.ROOT,
                        " (95 %% interval %.2f to %.2f)",
                        low,
                        winProbability.high().orElseThrow()))
            .orElse("");
    String test =
        pAdjusted
            .map(p -> String.format(Locale.ROOT, ", p = %.2g after Holm's correction", p))
            .orElse(", too few runs for a test");
    return String.format(
        Locale.ROOT,
        "a run of it beats one of %s with a probability of %.2f%s%s",
        control.name(),
        winProbability.value(),
        interval,
        test);
  }

  private static String failures(Experiments.ResampledArm arm) {
    return arm.failed() == 0
        ? ""
        : String.format(
            Locale.ROOT,
            " %d of %s of %s failed and %s.",
            arm.failed(),
            count(arm.runs(), "run"),
            arm.name(),
            arm.failed() == 1 ? "counts as a loss" : "count as losses");
  }

  private String repeats() {
    if (verdict == Verdict.DETERMINISTIC || arm.deterministic() == control.deterministic()) {
      return "";
    }
    String name = arm.deterministic() ? arm.name() : control.name();
    return " " + name + " is deterministic, so its replicas are one observation.";
  }

  private static String count(int number, String noun) {
    return number + " " + noun + (number == 1 ? "" : "s");
  }
}
