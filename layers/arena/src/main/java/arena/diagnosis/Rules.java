package arena.diagnosis;

import static arena.diagnosis.Confidence.CERTAIN;

import java.util.List;
import java.util.Optional;

/**
 * The table of rules, in the order in which they are asked: what is over before what goes on, what
 * breaks the run before what slows it, what is wrong before what is well. The first that applies
 * names the cause; whatever else applies is told beside it.
 *
 * <p>Pure: the same facts give the same findings.
 */
final class Rules {
  static final List<Rule> TABLE =
      List.of(
          new Rule("no run has this id", Rules::noSuchRun),
          new Rule("the catalog does not answer", Rules::catalogSilent),
          // over
          new Rule("it ended and its archive is not written", EndedRunRules::endedWithoutArchive),
          new Rule("it failed", EndedRunRules::failed),
          new Rule("its readers were not told of the end", EndedRunRules::notDrained),
          new Rule(
              "it is complete, and its model gave no actions",
              EndedRunRules::completeWithoutActions),
          new Rule("it is complete", EndedRunRules::complete),
          // not going on
          new Rule("nothing was written for the grace", StalledRunRules::silent),
          new Rule("it has no execution", StalledRunRules::withoutExecution),
          new Rule("its execution is over", StalledRunRules::executionOver),
          new Rule("the broker takes no more connections", StalledRunRules::connectionsExhausted),
          new Rule("the broker does not answer", StalledRunRules::brokerSilent),
          new Rule("its archive is not written", StalledRunRules::archiveFails),
          new Rule("its model fails", StalledRunRules::modelFails),
          new Rule("the broker fails its turn", StalledRunRules::brokerFails),
          new Rule("its task was lost", StalledRunRules::taskLost),
          new Rule("its turn fails on an exception", StalledRunRules::turnFails),
          new Rule("its model is silent for too long", StalledRunRules::modelSilent),
          new Rule("the broker lost some of it", StalledRunRules::brokerLost),
          // going on, with something wrong beside it
          new Rule("a reader is behind the buffer", HealthyRunRules::readerBehind),
          new Rule("its model gives no actions", HealthyRunRules::noActions),
          // well
          new Rule("it is being archived and closed", HealthyRunRules::finalizing),
          new Rule("its model has time left", HealthyRunRules::waitsForModel),
          new Rule("it moves", HealthyRunRules::moves));

  private Rules() {}

  /** Every finding, in the order of the table; empty if no rule applies. */
  static List<Finding> read(Facts facts) {
    return TABLE.stream().flatMap(rule -> rule.read(facts).stream()).toList();
  }

  // ---- there is no run to speak of

  private static Optional<Finding> noSuchRun(Facts facts) {
    if (facts.row().known().isEmpty() || facts.run().isPresent()) {
      return Optional.empty();
    }
    return Optional.of(
        new Finding(
            Cause.NO_SUCH_RUN,
            Symptom.NEVER_IN_RUNS,
            CERTAIN,
            "No run has this id: its request was not answered 202, or it was another stack's.",
            List.of(Evidence.of("catalog.row", "none"), FactEvidence.broker(facts))));
  }

  private static Optional<Finding> catalogSilent(Facts facts) {
    return facts
        .row()
        .silence()
        .map(
            why ->
                new Finding(
                    Cause.CATALOG_UNREACHABLE,
                    Symptom.UNKNOWN,
                    CERTAIN,
                    "The catalog does not answer, so that no turn can be written now.",
                    List.of(Evidence.of("catalog", why))));
  }
}
