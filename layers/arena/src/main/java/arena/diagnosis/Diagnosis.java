package arena.diagnosis;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The diagnosis of a run.
 *
 * @param main the finding with the cause
 * @param also further problems
 * @param waitingOn what the replay is waiting on; empty once nothing is left to do
 * @param nextSteps possible steps, in order of preference
 * @param doesNotFit facts that contradict every rule, if the cause is unknown
 * @param facts all collected facts
 */
public record Diagnosis(
    Finding main,
    List<Finding> also,
    Optional<WaitingOn> waitingOn,
    List<NextStep> nextSteps,
    List<String> doesNotFit,
    Facts facts) {
  public Diagnosis {
    also = List.copyOf(also);
    nextSteps = List.copyOf(nextSteps);
    doesNotFit = List.copyOf(doesNotFit);
  }

  /** Whether this is a normal state. */
  public boolean healthy() {
    return main.cause().healthy();
  }

  /** Diagnoses the facts. */
  public static Diagnosis of(Facts facts, CommandTargets targets) {
    List<Finding> findings = Rules.evaluate(facts);
    List<String> doesNotFit = findings.isEmpty() ? misfits(facts) : List.of();
    Finding main = findings.isEmpty() ? unknown(doesNotFit) : findings.getFirst();
    List<Finding> also =
        findings.stream()
            .filter(finding -> !finding.cause().healthy() && finding.cause() != main.cause())
            .toList();
    return new Diagnosis(
        main, also, ReplayPosition.of(facts), Remedies.of(main, facts, targets), doesNotFit, facts);
  }

  private static Finding unknown(List<String> doesNotFit) {
    return new Finding(
        Cause.UNKNOWN,
        Symptom.UNKNOWN,
        Confidence.CERTAIN,
        "The facts match no known cause.",
        doesNotFit.stream().map(what -> new Evidence("does_not_fit", what)).toList());
  }

  /** The facts that differ from those of a healthy run. */
  private static List<String> misfits(Facts facts) {
    List<String> misfits = new ArrayList<>();
    facts.journal().failure().ifPresent(why -> misfits.add("the journal did not answer: " + why));
    facts
        .execution()
        .failure()
        .ifPresent(why -> misfits.add("Step Functions did not answer: " + why));
    facts.broker().failure().ifPresent(why -> misfits.add("the broker did not answer: " + why));
    Optional<WaitingOn> waiting =
        ReplayPosition.of(facts).filter(_ -> misfits.isEmpty()); // else the position is not known
    waiting.ifPresent(
        on ->
            misfits.add(
                "in state %s, step %s has taken %s, longer than expected"
                    .formatted(on.state(), on.step().label(), FactEvidence.seconds(on.waited()))));
    if (misfits.isEmpty()) {
      misfits.add(
          "the run is %s and has no work left"
              .formatted(facts.run().map(run -> run.status().label()).orElse("unknown")));
    }
    return misfits;
  }
}
