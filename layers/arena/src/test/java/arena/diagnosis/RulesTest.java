package arena.diagnosis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.broker.BrokerSnapshot;
import arena.broker.ConnectionId;
import arena.codec.Timestamps;
import arena.run.Failure;
import arena.run.Run;
import arena.run.RunStatus;
import arena.text.Redactor;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Each rule, by the facts of a healthy run with one or two of them changed. */
class RulesTest {
  private static final ConnectionId SLOW = ConnectionId.of("slow");

  private static Arguments changed(Cause cause, Symptom symptom, Consumer<FactsFixture> change) {
    return Arguments.of(cause, symptom, change);
  }

  private static Arguments stalled(Cause cause, Consumer<FactsFixture> change) {
    return changed(cause, Symptom.STREAMING_WITHOUT_GROWTH, change);
  }

  private static Arguments failed(Cause cause, String code, long nEvents) {
    return changed(
        cause,
        nEvents == 0 ? Symptom.CLOSED_AT_ONCE : Symptom.GROWTH_THEN_ERROR,
        facts ->
            facts.row =
                new ProbeResult.Known<>(
                    Optional.of(
                        FactsFixture.run(
                            RunStatus.FAILED,
                            "s3://x",
                            new Failure(code, "test"),
                            nEvents,
                            FactsFixture.NOW.minusSeconds(1)))));
  }

  private static void execution(FactsFixture facts, ExecutionState execution) {
    facts.execution = new ProbeResult.Known<>(Optional.of(execution));
  }

  private static Arguments retrying(Cause cause, String error) {
    return stalled(
        cause,
        facts -> execution(facts, FactsFixture.running(1, ExecutionState.Pending.RETRY, 1, error)));
  }

  private static Stream<Arguments> changes() {
    return Stream.of(
        changed(Cause.WAITING_FOR_MODEL, Symptom.PLAYING, _ -> {}),
        changed(
            Cause.NO_SUCH_RUN,
            Symptom.NEVER_IN_RUNS,
            facts -> facts.row = new ProbeResult.Known<>(Optional.empty())),
        changed(
            Cause.CATALOG_UNREACHABLE,
            Symptom.UNKNOWN,
            facts -> facts.row = new ProbeResult.Failed<>("connection refused")),
        failed(Cause.REAPED, "Abandoned", 10),
        failed(Cause.STOPPED, "Stopped", 10),
        failed(Cause.NEVER_STARTED, "NotStarted", 0),
        failed(Cause.MODEL_REFUSES, "ModelRefused", 3),
        failed(Cause.MODEL_THROTTLES, "ModelThrottled", 3),
        failed(Cause.MODEL_HANGS, "ModelTimedOut", 3),
        failed(Cause.MODEL_ANSWERS_NO_ACTIONS, "ModelMalformed", 3),
        failed(Cause.TASK_LOST, "Timeout", 3),
        failed(Cause.FAILED_BEFORE_FIRST_EVENT, "IllegalStateException", 0),
        failed(Cause.FAILED_LATER, "IllegalStateException", 7),
        retrying(Cause.MODEL_THROTTLES, "arena.agent.ModelThrottled"),
        retrying(Cause.MODEL_OVERLOADED, "arena.agent.ModelOverloaded"),
        retrying(Cause.MODEL_UNREACHABLE, "arena.agent.ModelUnreachable"),
        retrying(Cause.MODEL_HANGS, "arena.agent.ModelTimedOut"),
        retrying(Cause.TASK_LOST, "Runtime.ExitError"),
        retrying(Cause.TASK_LOST, "States.Timeout"),
        retrying(Cause.FAILED_LATER, "java.lang.IllegalStateException"),
        stalled(
            Cause.NEVER_STARTED,
            facts -> facts.execution = new ProbeResult.Known<>(Optional.empty())),
        stalled(
            Cause.EXECUTION_ENDED,
            facts ->
                execution(
                    facts,
                    FactsFixture.state(
                        "ABORTED", "PlayTurn", 1, ExecutionState.Pending.NOTHING, 9, null))),
        stalled(
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
                        "arena.error.DependencyUnavailable: ArchiveUnavailable: test"))),
        changed(
            Cause.FINALIZING,
            Symptom.ENDING,
            facts ->
                execution(
                    facts,
                    FactsFixture.state(
                        "RUNNING", "FinalizeRun", 5, ExecutionState.Pending.TASK, 2, null))),
        stalled(
            Cause.MODEL_HANGS,
            facts -> {
              facts.journal = new ProbeResult.Known<>(List.of(FactsFixture.prompted(1, 8, 70)));
              execution(facts, FactsFixture.running(1, ExecutionState.Pending.TASK, 70, null));
            }),
        stalled(
            Cause.MODEL_OVERLOADED,
            facts ->
                execution(
                    facts,
                    FactsFixture.state(
                        "RUNNING",
                        "WaitForModel",
                        1,
                        ExecutionState.Pending.WAIT,
                        100,
                        "ModelOverloaded"))),
        stalled(
            Cause.TASK_LOST,
            facts ->
                execution(facts, FactsFixture.running(1, ExecutionState.Pending.TASK, 100, null))),
        stalled(
            Cause.BROKER_UNREACHABLE,
            facts -> facts.broker = new ProbeResult.Failed<>("connection refused")),
        stalled(
            Cause.CONNECTIONS_EXHAUSTED,
            facts -> facts.broker = new ProbeResult.Failed<>("ERR max number of clients reached")),
        stalled(
            Cause.BROKER_LOST_DATA,
            facts ->
                facts.broker =
                    new ProbeResult.Known<>(FactsFixture.snapshot(0, 0, false, List.of()))),
        changed(
            Cause.READER_FELL_BEHIND,
            Symptom.GROWTH_THEN_ERROR,
            facts ->
                facts.broker =
                    new ProbeResult.Known<>(
                        FactsFixture.snapshot(
                            10, 4, true, List.of(new BrokerSnapshot.Reader(SLOW, 3))))),
        changed(
            Cause.MODEL_ANSWERS_NO_ACTIONS,
            Symptom.PLAYING_WITHOUT_EFFECT,
            facts ->
                facts.journal =
                    new ProbeResult.Known<>(
                        List.of(
                            FactsFixture.prompted(1, 8, 3),
                            FactsFixture.answered(0, 4, "[]", "no idea", 4)))),
        stalled(
            Cause.READERS_NOT_DRAINED,
            facts -> {
              facts.row =
                  new ProbeResult.Known<>(
                      Optional.of(FactsFixture.run(RunStatus.COMPLETE, "s3://x", null)));
              facts.broker =
                  new ProbeResult.Known<>(
                      FactsFixture.snapshot(
                          10, 10, false, List.of(new BrokerSnapshot.Reader(SLOW, 11))));
            }),
        changed(
            Cause.COMPLETE,
            Symptom.COMPLETE,
            facts ->
                facts.row =
                    new ProbeResult.Known<>(
                        Optional.of(FactsFixture.run(RunStatus.COMPLETE, "s3://x", null)))),
        changed(
            Cause.STARTING,
            Symptom.STARTING,
            facts -> {
              Run run = FactsFixture.run(RunStatus.RUNNING, "", null, 0, null);
              facts.row = new ProbeResult.Known<>(Optional.of(run));
              facts.journal = new ProbeResult.Known<>(List.of());
              facts.broker = new ProbeResult.Known<>(FactsFixture.snapshot(0, 0, true, List.of()));
              execution(facts, FactsFixture.running(0, ExecutionState.Pending.TASK, 1, null));
            }),
        changed(
            Cause.PLAYING,
            Symptom.PLAYING,
            facts -> {
              facts.journal =
                  new ProbeResult.Known<>(
                      List.of(FactsFixture.answered(1, 10, "[{\"type\":\"wait\"}]", "", 1)));
              execution(facts, FactsFixture.running(1, ExecutionState.Pending.TASK, 2, null));
            }));
  }

  @ParameterizedTest
  @MethodSource("changes")
  void findsTheCause(Cause cause, Symptom symptom, Consumer<FactsFixture> change) {
    FactsFixture facts = new FactsFixture();
    change.accept(facts);
    Diagnosis diagnosis = facts.diagnosis();

    assertEquals(cause, diagnosis.main().cause(), diagnosis::toString);
    assertEquals(symptom, diagnosis.main().symptom());
    assertEquals(cause.healthy(), symptom.healthy(), "cause and symptom agree on health");
    assertFalse(diagnosis.main().evidence().isEmpty(), "a finding has evidence");
    assertTrue(
        cause == Cause.COMPLETE || !diagnosis.nextSteps().isEmpty(),
        "an unfinished run has next steps");
    assertFalse(DiagnosisText.write(diagnosis, Redactor.OF_FORMATS).isEmpty());
    assertEquals(
        cause.label(),
        DiagnosisJson.write(diagnosis, Redactor.OF_FORMATS).get("cause").textValue());
  }

  @Test
  void hasACaseForEveryCause() {
    Set<Cause> tested = EnumSet.of(Cause.DUE_TO_BE_REAPED, Cause.UNKNOWN); // below
    changes().forEach(change -> tested.add((Cause) change.get()[0]));
    assertEquals(EnumSet.allOf(Cause.class), tested);
  }

  @Test
  void aFailedRunHasOneCause() {
    FactsFixture facts = new FactsFixture();
    Run stopped = FactsFixture.run(RunStatus.FAILED, "s3://x", new Failure("Stopped", "it was"));
    facts.row = new ProbeResult.Known<>(Optional.of(stopped));
    assertEquals(Cause.STOPPED, facts.diagnosis().main().cause());
    assertEquals(List.of(), facts.diagnosis().also());
  }

  /** A broker that lost the run does not show whether the turn is published. */
  @Test
  void waitsForTheModelWhenTheKeysAreDeleted() {
    FactsFixture facts = new FactsFixture();
    assertEquals(WaitingOn.Step.MODEL, facts.diagnosis().waitingOn().orElseThrow().step());
    facts.broker = new ProbeResult.Known<>(FactsFixture.snapshot(0, 0, false, List.of()));
    assertEquals(WaitingOn.Step.MODEL, facts.diagnosis().waitingOn().orElseThrow().step());
    facts.broker = new ProbeResult.Known<>(FactsFixture.snapshot(7, 7, true, List.of()));
    assertEquals(WaitingOn.Step.PUBLISH, facts.diagnosis().waitingOn().orElseThrow().step());
  }

  /** Neither the row nor the journal changed for the grace period. */
  @Test
  void findsARunWithoutProgressDueToBeReaped() {
    FactsFixture facts = new FactsFixture();
    facts.journal = new ProbeResult.Known<>(List.of(FactsFixture.prompted(1, 8, 2_000)));
    Facts silent =
        new Facts(
            FactsFixture.NOW.plusSeconds(2_000),
            FactsFixture.RUN,
            facts.row,
            facts.journal,
            facts.broker,
            Optional.empty(),
            facts.execution,
            facts.facts().counters(),
            facts.cache,
            facts.facts().thresholds());
    assertEquals(Cause.DUE_TO_BE_REAPED, Rules.evaluate(silent).getFirst().cause());
  }

  @Test
  void reportsAThrottlingModelIfItsServiceAskedForALongerWaitThanARunCanWait() {
    FactsFixture facts = new FactsFixture();
    String message =
        "host answered 429; the service asks to wait 86400 s, longer than a run can wait";
    facts.row =
        new ProbeResult.Known<>(
            Optional.of(
                FactsFixture.run(
                    RunStatus.FAILED, "s3://x", new Failure("ModelRefused", message))));
    Diagnosis diagnosis = facts.diagnosis();
    assertEquals(Cause.MODEL_THROTTLES, diagnosis.main().cause());
    assertTrue(diagnosis.main().evidence().toString().contains("86400"));
  }

  @ParameterizedTest
  @CsvSource({
    "http://localhost:8000, 60, './arena down; ARENA_MODEL_TIMEOUT_SECONDS=120 ./arena up'",
    "http://127.0.0.1:8000, 8, './arena down; ARENA_MODEL_TIMEOUT_SECONDS=30 ./arena up'",
    "https://x.execute-api.eu-central-1.amazonaws.com, 60, sam deploy --parameter-overrides ModelTimeoutSeconds=120",
    "https://x.execute-api.eu-central-1.amazonaws.com, 600, sam deploy --parameter-overrides ModelTimeoutSeconds=840",
    "http://localhost:8000, 840,",
  })
  void proposesALongerTimeoutForAModelThatHangs(String url, int seconds, String command) {
    FactsFixture facts = new FactsFixture();
    facts.model = Duration.ofSeconds(seconds);
    execution(
        facts,
        FactsFixture.running(1, ExecutionState.Pending.RETRY, 1, "arena.agent.ModelTimedOut"));
    Diagnosis diagnosis =
        Diagnosis.of(
            facts.facts(),
            new CommandTargets(new HttpInterface(url, false), "redis-cli", Redactor.OF_FORMATS));
    assertEquals(Cause.MODEL_HANGS, diagnosis.main().cause());
    List<String> fixes =
        diagnosis.nextSteps().stream()
            .filter(step -> step.action().equals("fix"))
            .map(NextStep::command)
            .toList();
    assertEquals(command == null ? List.of() : List.of(command), fixes);
  }

  @Test
  void reportsUntilWhenTheModelsServiceAskedToWait() {
    FactsFixture facts = new FactsFixture();
    execution(
        facts,
        FactsFixture.state(
            "RUNNING",
            "WaitForModel",
            1,
            ExecutionState.Pending.WAIT,
            100,
            "ModelThrottled: host answered 429"));
    Diagnosis diagnosis = facts.diagnosis();
    String until = Timestamps.write(FactsFixture.NOW.plusSeconds(20));
    assertEquals(WaitingOn.Step.MODEL_WAIT, diagnosis.waitingOn().orElseThrow().step());
    assertTrue(diagnosis.main().summary().contains("asked to wait until " + until));
    assertTrue(diagnosis.nextSteps().getFirst().why().contains(until));
    String text = DiagnosisText.write(diagnosis, Redactor.OF_FORMATS);
    assertTrue(text.contains("WaitForModel, turn 1, step model_wait until " + until), text);
    assertTrue(text.contains("host answered 429"), text);
    assertTrue(
        DiagnosisJson.write(diagnosis, Redactor.OF_FORMATS)
            .toString()
            .contains("\"until\":\"" + until + "\""));
  }

  @Test
  void reportsAnUnknownStateWithItsMisfits() {
    FactsFixture facts = new FactsFixture();
    facts.journal =
        new ProbeResult.Known<>(
            List.of(FactsFixture.answered(1, 10, "[{\"type\":\"wait\"}]", "", 50)));
    execution(facts, FactsFixture.running(1, ExecutionState.Pending.TASK, 60, null));
    Diagnosis diagnosis = facts.diagnosis();
    assertEquals(Cause.UNKNOWN, diagnosis.main().cause());
    assertEquals(1, diagnosis.doesNotFit().size());
    assertTrue(diagnosis.doesNotFit().getFirst().contains("next_state"), diagnosis::toString);
  }

  @Test
  void ruleNamesAreUnique() {
    assertEquals(Rules.TABLE.size(), Rules.TABLE.stream().map(Rule::name).distinct().count());
  }
}
