package arena.diagnosis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.broker.BrokerSnapshot;
import arena.run.Failure;
import arena.run.Run;
import arena.run.RunStatus;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each rule, by the facts that it is for: those of a run that is well, with one or two changed. */
class RulesTest {
  private static Arguments changed(Cause cause, Symptom symptom, Consumer<FactsFixture> change) {
    return Arguments.of(cause, symptom, change);
  }

  private static Arguments stuck(Cause cause, Consumer<FactsFixture> change) {
    return changed(cause, Symptom.STREAMING_WITHOUT_GROWTH, change);
  }

  private static Arguments failed(Cause cause, String code, long nEvents) {
    return changed(
        cause,
        nEvents == 0 ? Symptom.CLOSED_AT_ONCE : Symptom.GROWTH_THEN_ERROR,
        facts ->
            facts.row =
                new ProbeResult.Fact<>(
                    Optional.of(
                        FactsFixture.run(
                            RunStatus.FAILED,
                            "s3://x",
                            new Failure(code, "said so"),
                            nEvents,
                            FactsFixture.NOW.minusSeconds(1)))));
  }

  private static void execution(FactsFixture facts, ExecutionState execution) {
    facts.execution = new ProbeResult.Fact<>(Optional.of(execution));
  }

  private static Arguments erring(Cause cause, String error) {
    return stuck(
        cause,
        facts -> execution(facts, FactsFixture.playing(1, ExecutionState.Pending.RETRY, 1, error)));
  }

  private static Stream<Arguments> changes() {
    return Stream.of(
        changed(Cause.WAITING_FOR_MODEL, Symptom.PLAYING, _ -> {}),
        changed(
            Cause.NO_SUCH_RUN,
            Symptom.NEVER_IN_RUNS,
            facts -> facts.row = new ProbeResult.Fact<>(Optional.empty())),
        changed(
            Cause.CATALOG_UNREACHABLE,
            Symptom.UNKNOWN,
            facts -> facts.row = new ProbeResult.Silence<>("it is away")),
        failed(Cause.REAPED, "Abandoned", 10),
        failed(Cause.STOPPED, "Stopped", 10),
        failed(Cause.NEVER_STARTED, "NotStarted", 0),
        failed(Cause.MODEL_REFUSES, "ModelRefused", 3),
        failed(Cause.MODEL_THROTTLES, "ModelThrottled", 3),
        failed(Cause.MODEL_HANGS, "ModelTimedOut", 3),
        failed(Cause.MODEL_ANSWERS_NO_ACTIONS, "ModelMalformed", 3),
        failed(Cause.BROKER_UNREACHABLE, "BrokerUnavailable", 3),
        failed(Cause.TASK_LOST, "Timeout", 3),
        failed(Cause.FAILED_BEFORE_FIRST_EVENT, "IllegalStateException", 0),
        failed(Cause.FAILED_LATER, "IllegalStateException", 7),
        erring(Cause.MODEL_THROTTLES, "arena.agent.ModelThrottled"),
        erring(Cause.MODEL_OVERLOADED, "arena.agent.ModelOverloaded"),
        erring(Cause.MODEL_UNREACHABLE, "arena.agent.ModelUnreachable"),
        erring(Cause.MODEL_HANGS, "arena.agent.ModelTimedOut"),
        erring(Cause.BROKER_UNREACHABLE, "arena.broker.BrokerUnavailable"),
        erring(Cause.TASK_LOST, "Runtime.ExitError"),
        erring(Cause.TASK_LOST, "States.Timeout"),
        erring(Cause.FAILED_LATER, "java.lang.IllegalStateException"),
        stuck(
            Cause.NEVER_STARTED,
            facts -> facts.execution = new ProbeResult.Fact<>(Optional.empty())),
        stuck(
            Cause.EXECUTION_ENDED,
            facts ->
                execution(
                    facts,
                    FactsFixture.state(
                        "ABORTED", "PlayTurn", 1, ExecutionState.Pending.NOTHING, 9, null))),
        stuck(
            Cause.ARCHIVE_FAILED,
            facts ->
                execution(
                    facts,
                    FactsFixture.state(
                        "RUNNING",
                        "FinalizeRun",
                        5,
                        ExecutionState.Pending.RETRY,
                        2,
                        "arena.archive.ArchiveUnavailable"))),
        changed(
            Cause.FINALIZING,
            Symptom.ENDING,
            facts ->
                execution(
                    facts,
                    FactsFixture.state(
                        "RUNNING", "FinalizeRun", 5, ExecutionState.Pending.TASK, 2, null))),
        stuck(
            Cause.MODEL_HANGS,
            facts -> {
              facts.journal = new ProbeResult.Fact<>(List.of(FactsFixture.begun(1, 8, 70)));
              execution(facts, FactsFixture.playing(1, ExecutionState.Pending.TASK, 70, null));
            }),
        stuck(
            Cause.TASK_LOST,
            facts ->
                execution(facts, FactsFixture.playing(1, ExecutionState.Pending.TASK, 100, null))),
        stuck(
            Cause.BROKER_UNREACHABLE,
            facts -> facts.broker = new ProbeResult.Silence<>("it is away")),
        stuck(
            Cause.CONNECTIONS_EXHAUSTED,
            facts -> facts.broker = new ProbeResult.Silence<>("ERR max number of clients reached")),
        stuck(
            Cause.BROKER_LOST_DATA,
            facts ->
                facts.broker = new ProbeResult.Fact<>(FactsFixture.look(0, 0, false, List.of()))),
        changed(
            Cause.READER_FELL_BEHIND,
            Symptom.GROWTH_THEN_ERROR,
            facts ->
                facts.broker =
                    new ProbeResult.Fact<>(
                        FactsFixture.look(
                            10, 4, true, List.of(new BrokerSnapshot.Reader("slow", 3))))),
        changed(
            Cause.MODEL_ANSWERS_NO_ACTIONS,
            Symptom.PLAYING_WITHOUT_EFFECT,
            facts ->
                facts.journal =
                    new ProbeResult.Fact<>(
                        List.of(
                            FactsFixture.begun(1, 8, 3),
                            FactsFixture.answered(0, 4, "[]", "no idea", 4)))),
        stuck(
            Cause.READERS_NOT_DRAINED,
            facts -> {
              facts.row =
                  new ProbeResult.Fact<>(
                      Optional.of(FactsFixture.run(RunStatus.COMPLETE, "s3://x", null)));
              facts.broker =
                  new ProbeResult.Fact<>(
                      FactsFixture.look(
                          10, 10, false, List.of(new BrokerSnapshot.Reader("slow", 11))));
            }),
        changed(
            Cause.COMPLETE,
            Symptom.COMPLETE,
            facts ->
                facts.row =
                    new ProbeResult.Fact<>(
                        Optional.of(FactsFixture.run(RunStatus.COMPLETE, "s3://x", null)))),
        changed(
            Cause.PLAYING,
            Symptom.PLAYING,
            facts -> {
              facts.journal =
                  new ProbeResult.Fact<>(
                      List.of(FactsFixture.answered(1, 10, "[{\"type\":\"wait\"}]", "", 1)));
              execution(facts, FactsFixture.playing(1, ExecutionState.Pending.TASK, 2, null));
            }));
  }

  @ParameterizedTest
  @MethodSource("changes")
  void theFactsNameTheCause(Cause cause, Symptom symptom, Consumer<FactsFixture> change) {
    FactsFixture facts = new FactsFixture();
    change.accept(facts);
    Diagnosis diagnosis = facts.diagnosis();

    assertEquals(cause, diagnosis.main().cause(), diagnosis::toString);
    assertEquals(symptom, diagnosis.main().symptom());
    assertEquals(cause.healthy(), symptom.healthy(), "both say whether it is well");
    assertFalse(diagnosis.main().evidence().isEmpty(), "the facts that decided are told");
    assertTrue(
        cause == Cause.COMPLETE || !diagnosis.nextSteps().isEmpty(), "there is something to do");
    assertFalse(DiagnosisText.write(diagnosis).isEmpty());
    assertEquals(cause.label(), DiagnosisJson.write(diagnosis).get("cause").textValue());
  }

  @Test
  void aRunFailsForOneReason() {
    FactsFixture facts = new FactsFixture();
    Run stopped = FactsFixture.run(RunStatus.FAILED, "s3://x", new Failure("Stopped", "it was"));
    facts.row = new ProbeResult.Fact<>(Optional.of(stopped));
    assertEquals(Cause.STOPPED, facts.diagnosis().main().cause());
    assertEquals(List.of(), facts.diagnosis().also());
  }

  /** Whether the turn is published cannot be told from a broker that lost the run. */
  @Test
  void aRunWhoseKeysAreGoneStillWaitsForItsModel() {
    FactsFixture facts = new FactsFixture();
    assertEquals(WaitingOn.Step.MODEL, facts.diagnosis().waitingOn().orElseThrow().step());
    facts.broker = new ProbeResult.Fact<>(FactsFixture.look(0, 0, false, List.of()));
    assertEquals(WaitingOn.Step.MODEL, facts.diagnosis().waitingOn().orElseThrow().step());
    facts.broker = new ProbeResult.Fact<>(FactsFixture.look(7, 7, true, List.of()));
    assertEquals(WaitingOn.Step.PUBLISH, facts.diagnosis().waitingOn().orElseThrow().step());
  }

  /** Nothing was written for half an hour, by the row and by the journal. */
  @Test
  void aSilentRunIsTheReapers() {
    FactsFixture facts = new FactsFixture();
    facts.journal = new ProbeResult.Fact<>(List.of(FactsFixture.begun(1, 8, 2_000)));
    Facts silent =
        new Facts(
            FactsFixture.NOW.plusSeconds(2_000),
            FactsFixture.RUN,
            facts.row,
            facts.journal,
            facts.broker,
            Optional.empty(),
            facts.execution,
            new ProbeResult.Fact<>(1L),
            facts.cache,
            facts.facts().allowances());
    assertEquals(Cause.DUE_TO_BE_REAPED, Rules.read(silent).getFirst().cause());
  }

  /** What no rule is for is called unknown, and what does not fit is told. */
  @Test
  void anUnknownStateSaysSoAndWhatDoesNotFit() {
    FactsFixture facts = new FactsFixture();
    facts.journal =
        new ProbeResult.Fact<>(
            List.of(FactsFixture.answered(1, 10, "[{\"type\":\"wait\"}]", "", 50)));
    execution(facts, FactsFixture.playing(1, ExecutionState.Pending.TASK, 60, null));
    Diagnosis diagnosis = facts.diagnosis();
    assertEquals(Cause.UNKNOWN, diagnosis.main().cause());
    assertEquals(1, diagnosis.doesNotFit().size());
    assertTrue(diagnosis.doesNotFit().getFirst().contains("next_state"), diagnosis::toString);
  }

  @Test
  void everyRuleHasAName() {
    assertEquals(Rules.TABLE.size(), Rules.TABLE.stream().map(Rule::name).distinct().count());
  }
}
