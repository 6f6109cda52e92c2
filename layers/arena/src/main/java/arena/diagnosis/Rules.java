package arena.diagnosis;

import static arena.diagnosis.Confidence.CERTAIN;

import java.util.List;
import java.util.Optional;

/**
 * The table of rules, in order of evaluation: ended before running, fatal before degrading,
 * unhealthy before healthy. The first match is the cause; further matches are reported in addition.
 *
 * <p>Deterministic: equal facts give equal findings.
 */
final class Rules {
  static final List<Rule> TABLE =
      List.of(
          new Rule("the run does not exist", Rules::noSuchRun),
          new Rule("the catalog does not answer", Rules::catalogUnreachable),
          // ended
          new Rule("the run ended without an archive", EndedRunRules::endedWithoutArchive),
          new Rule("the run failed", EndedRunRules::failed),
          new Rule("the readers were not notified of the end", EndedRunRules::readersNotDrained),
          new Rule(
              "the run is complete, its last turns are empty",
              EndedRunRules::completeWithoutActions),
          new Rule("the run is complete", EndedRunRules::complete),
          // stalled
          new Rule("no progress for the grace period", StalledRunRules::noProgress),
          new Rule("the execution is missing", StalledRunRules::executionMissing),
          new Rule("the execution has ended", StalledRunRules::executionEnded),
          new Rule("the broker's connection limit is reached", BrokerRules::connectionsExhausted),
          new Rule("the broker does not answer", BrokerRules::brokerUnreachable),
          new Rule("the archive fails", StalledRunRules::archiveFails),
          new Rule("the model fails", FailingTurnRules::modelFails),
          new Rule("the task was lost", FailingTurnRules::taskLost),
          new Rule("the turn fails with an exception", FailingTurnRules::turnFails),
          new Rule("the model does not answer in time", FailingTurnRules::modelTimedOut),
          new Rule("the broker lost data", BrokerRules::brokerLostData),
          // running, with a problem
          new Rule("a reader fell behind the buffer", HealthyRunRules::readerBehind),
          new Rule("the model's answers have no actions", HealthyRunRules::noActions),
          // healthy
          new Rule("the run is being finalized", HealthyRunRules::finalizing),
          new Rule("the turn waits for its model", HealthyRunRules::waitingForModel),
          new Rule("the run makes progress", HealthyRunRules::progressing));

  private Rules() {}

  /** Returns the findings in table order; empty if no rule matches. */
  static List<Finding> evaluate(Facts facts) {
    return TABLE.stream().flatMap(rule -> rule.evaluate(facts).stream()).toList();
  }

  // ---- no row

  private static Optional<Finding> noSuchRun(Facts facts) {
    if (facts.row().known().isEmpty() || facts.run().isPresent()) {
      return Optional.empty();
    }
    return Optional.of(
        new Finding(
            Cause.NO_SUCH_RUN,
            Symptom.NEVER_IN_RUNS,
            CERTAIN,
            "The run does not exist: its creation failed, or it belongs to another stack.",
            List.of(Evidence.of("catalog.row", "none"), FactEvidence.broker(facts))));
  }

  private static Optional<Finding> catalogUnreachable(Facts facts) {
    return facts
        .row()
        .failure()
        .map(
            why ->
                new Finding(
                    Cause.CATALOG_UNREACHABLE,
                    Symptom.UNKNOWN,
                    CERTAIN,
                    "The catalog does not answer, so no turn can be written.",
                    List.of(Evidence.of("catalog", why))));
  }
}
