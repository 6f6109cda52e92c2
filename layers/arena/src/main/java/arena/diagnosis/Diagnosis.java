package arena.diagnosis;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What is the matter with a run.
 *
 * @param main the finding that names the cause
 * @param also whatever else is wrong
 * @param waitingOn where its replay is, if it is anywhere
 * @param nextSteps what can be done, in order of preference
 * @param doesNotFit facts that contradict every rule, if the cause is unknown
 * @param facts everything that was collected
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

  /** Whether nothing is wrong. */
  public boolean healthy() {
    return main.cause().healthy();
  }

  /** Works it out. */
  public static Diagnosis of(Facts facts, CommandTargets addresses) {
    List<Finding> findings = Rules.read(facts);
    List<String> doesNotFit = findings.isEmpty() ? misfits(facts) : List.of();
    Finding main = findings.isEmpty() ? unknown(doesNotFit) : findings.getFirst();
    List<Finding> also =
        findings.stream()
            .filter(finding -> !finding.cause().healthy() && finding.cause() != main.cause())
            .toList();
    return new Diagnosis(
        main,
        also,
        ReplayPosition.of(facts),
        Remedies.of(main, facts, addresses),
        doesNotFit,
        facts);
  }

  private static Finding unknown(List<String> doesNotFit) {
    return new Finding(
        Cause.UNKNOWN,
        Symptom.UNKNOWN,
        Confidence.CERTAIN,
        "The facts fit no known cause.",
        doesNotFit.stream().map(what -> new Evidence("does_not_fit", what)).toList());
  }

  /** What keeps the facts from being those of a healthy run. */
  private static List<String> misfits(Facts facts) {
    List<String> misfits = new ArrayList<>();
    facts.journal().silence().ifPresent(why -> misfits.add("the journal tells nothing: " + why));
    facts
        .execution()
        .silence()
        .ifPresent(why -> misfits.add("Step Functions tells nothing: " + why));
    facts.broker().silence().ifPresent(why -> misfits.add("the broker tells nothing: " + why));
    Optional<WaitingOn> waiting =
        ReplayPosition.of(facts).filter(_ -> misfits.isEmpty()); // else it is not known
    waiting.ifPresent(
        on ->
            misfits.add(
                "in state %s it waits at the step %s since %s, longer than that takes"
                    .formatted(on.state(), on.step().label(), FactEvidence.seconds(on.waited()))));
    if (misfits.isEmpty()) {
      misfits.add(
          "the run is %s, and nothing of it is left to be done"
              .formatted(facts.run().map(run -> run.status().label()).orElse("unknown")));
    }
    return misfits;
  }
}
