package arena.causes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.lifecycle.TurnTask;
import arena.lifecycle.TurnTaskCodec;
import arena.local.client.ArenaClient;
import arena.models.Behaviour;
import arena.models.Reply;
import arena.run.Profile;
import arena.run.RunId;
import arena.runtime.AwsClients;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.sfn.SfnClient;

/** Causes in the run itself: never started, failed, lost, silent, ended or complete. */
class RunCausesTest {
  private static final Duration BOUND = Duration.ofSeconds(30);

  private final DiagnosisStack stack = DiagnosisStack.shared();
  private final ArenaClient arena = stack.client();
  private final DiagnosisClient diagnoses = stack.diagnoses();

  @Test
  void reportsRunWithoutExecutionAsNeverStarted() {
    String run = stack.operator().begin(3, Instant.now().minusSeconds(6));
    JsonNode diagnosis = diagnoses.awaitCause(run, "never_started");
    assertEquals("none", DiagnosisClient.evidence(diagnosis, "execution"));
    assertEquals("start", diagnosis.at("/waiting_on/step").textValue());
    assertEquals("start", diagnosis.at("/next_steps/0/action").textValue());
    String young = stack.operator().begin(3, Instant.now());
    assertEquals("starting", diagnoses.diagnosis(young).get("cause").textValue());
    stack.stop(run);
    stack.stop(young);
  }

  @Test
  void reportsUnknownRun() {
    String unknown = "0123456789abcdef0123456789abcdef";
    JsonNode diagnosis = arena.get("/runs/" + unknown + "/diagnosis").expect(404);
    assertEquals("never_in_runs", diagnosis.get("symptom").textValue());
    assertEquals("no_such_run", diagnosis.get("cause").textValue());
    assertEquals("unknown_run", diagnosis.at("/error/code").textValue());
  }

  /** Deletes the state that the first turn starts from. */
  @Test
  void reportsFailureBeforeTheFirstEvent() {
    String run = stack.operator().begin(3, Instant.now());
    stack.takeEntry(run, 0);
    try (SfnClient stepFunctions = AwsClients.stepFunctions()) {
      TurnTask first = new TurnTask(RunId.of(run), 0, 1, 0, 3, Profile.DEFAULT, false);
      stepFunctions.startExecution(
          start ->
              start
                  .stateMachineArn(stack.stack().resource("ReplayStateMachine"))
                  .name(run)
                  .input(TurnTaskCodec.write(first)));
    }
    // The cause is the same before and after the catalog has the failure; only its evidence moves.
    JsonNode first = diagnoses.awaitCause(run, "failed_before_first_event");
    String source =
        first.get("status").textValue().equals("failed") ? "catalog.error" : "execution.last_error";
    assertTrue(
        DiagnosisClient.evidence(first, source).contains("IllegalStateException"),
        first.toString());
    JsonNode diagnosis = awaitStatus(run, "failed_before_first_event", "failed");
    assertEquals("closed_at_once", diagnosis.get("symptom").textValue());
    assertTrue(
        DiagnosisClient.evidence(diagnosis, "catalog.error").contains("no state at position 0"));
  }

  private JsonNode awaitStatus(String run, String cause, String status) {
    Instant deadline = Instant.now().plus(BOUND);
    JsonNode diagnosis = diagnoses.awaitCause(run, cause);
    while (!diagnosis.get("status").textValue().equals(status)) {
      assertTrue(Instant.now().isBefore(deadline), diagnosis::toPrettyString);
      diagnosis = diagnoses.awaitCause(run, cause);
    }
    return diagnosis;
  }

  /** Deletes the state of a turn that is then retried. */
  @Test
  void reportsLaterFailure() {
    try (GatedModel gate = GatedModel.at(1)) {
      String run = gate.start(3);
      stack.takeEntry(run, 0);
      gate.openWithThrottle();
      JsonNode diagnosis = diagnoses.awaitCause(run, "failed_later", BOUND);
      assertTrue(
          diagnosis.toString().contains("IllegalStateException"), diagnosis.toPrettyString());
      diagnosis = awaitStatus(run, "failed_later", "failed");
      assertEquals("growth_then_error", diagnosis.get("symptom").textValue());
    }
  }

  @Test
  void reportsLostTask() {
    stack.models().when(DiagnosisStack.ISOLATED_MODEL, Behaviour.always(new Reply.Hang()));
    String run =
        arena.startRun(
            "{\"n_turns\":3,\"profile\":{\"model\":\"openai:%s\"}}"
                .formatted(DiagnosisStack.ISOLATED_MODEL));
    JsonNode diagnosis = diagnoses.awaitCause(run, "waiting_for_model", BOUND);
    assertTrue(diagnosis.get("healthy").booleanValue());
    assertEquals(1, stack.stack().kill("replay-turn", event -> event.contains(run)));
    diagnosis = diagnoses.awaitCause(run, "task_lost");
    assertFalse(diagnosis.get("healthy").booleanValue());
    assertTrue(
        DiagnosisClient.evidence(diagnosis, "execution.last_error").contains("Runtime.ExitError"),
        diagnosis.toPrettyString());
    stack.stop(run);
  }

  @Test
  void reportsExecutionThatEndedBeforeItsRun() {
    try (GatedModel gate = GatedModel.at(1)) {
      String run = gate.start(3);
      stack.abortExecution(run);
      JsonNode diagnosis = diagnoses.awaitCause(run, "execution_ended");
      assertTrue(DiagnosisClient.evidence(diagnosis, "execution").startsWith("ABORTED"));
      stack.stop(run);
    }
  }

  @Test
  @ResourceLock("reaper")
  void reportsSilentRunAsDueToBeReapedAndThenReaped() {
    try (GatedModel gate = GatedModel.at(1)) {
      String run = gate.start(3);
      stack.abortExecution(run);
      stack.setToBeforeGracePeriod(run, "last_ts");
      ageEntries(run);
      JsonNode diagnosis = diagnoses.awaitCause(run, "due_to_be_reaped");
      assertEquals("1800.0 s", DiagnosisClient.evidence(diagnosis, "grace"));
      assertTrue(
          diagnosis.get("next_steps").toString().contains("There is no call that reaps one run"));

      stack.reap();
      diagnosis = diagnoses.awaitCause(run, "reaped", BOUND);
      assertTrue(DiagnosisClient.evidence(diagnosis, "catalog.error").startsWith("Abandoned"));
      assertEquals("fork", diagnosis.at("/next_steps/0/action").textValue());
    }
  }

  /** Sets the time of a run's events to long ago. */
  private void ageEntries(String run) {
    Map<String, AttributeValue> entry = stack.takeEntry(run, 1);
    List<AttributeValue> events =
        entry.get("events").l().stream()
            .map(
                event -> {
                  Map<String, AttributeValue> fields = new HashMap<>(event.m());
                  fields.put("ts", AttributeValue.fromS("2026-01-01T00:00:00.000000Z"));
                  return AttributeValue.fromM(fields);
                })
            .toList();
    Map<String, AttributeValue> aged = new HashMap<>(entry);
    aged.put("events", AttributeValue.fromL(events));
    stack.putEntry(aged);
  }

  /** Removes a journal entry, so that the archive cannot be written until it is restored. */
  @Test
  void reportsFailedArchiveUntilItIsWritten() {
    try (GatedModel gate = GatedModel.at(2)) {
      String run = gate.start(2);
      Map<String, AttributeValue> entry = stack.takeEntry(run, 1);
      gate.open();
      JsonNode diagnosis = diagnoses.awaitCause(run, "archive_failed", BOUND);
      assertEquals("archive", stepOf(diagnosis));
      assertEquals("wait", diagnosis.at("/next_steps/0/action").textValue());

      stack.putEntry(entry);
      assertEquals("complete", arena.awaitEnd(run, BOUND).get("status").textValue());
      assertEquals("complete", diagnoses.awaitCause(run, "complete").get("status").textValue());
    }
  }

  /** Between two attempts the step is {@code retry}. */
  private static String stepOf(JsonNode diagnosis) {
    assertEquals("FinalizeRun", diagnosis.at("/waiting_on/state").textValue());
    return diagnosis.at("/waiting_on/step").textValue().replace("retry", "archive");
  }

  @Test
  void reportsCompleteRun() {
    String run = arena.startRun("{\"n_turns\":2}");
    arena.awaitEnd(run, BOUND);
    JsonNode diagnosis = diagnoses.diagnosis(run);
    assertEquals("complete", diagnosis.get("cause").textValue());
    assertTrue(diagnosis.get("healthy").booleanValue());
    assertTrue(diagnosis.get("waiting_on").isNull());
    assertEquals(0, diagnosis.get("next_steps").size());
  }
}
