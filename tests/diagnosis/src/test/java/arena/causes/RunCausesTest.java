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

/** What may become of a run itself: it never starts, fails, is lost, silent, ended, or complete. */
class RunCausesTest {
  private static final Duration BOUND = Duration.ofSeconds(30);

  private final DiagnosisStack stack = DiagnosisStack.shared();
  private final ArenaClient arena = stack.client();
  private final StalledRun patient = stack.patient();

  @Test
  void aRunWithoutAnExecutionNeverStarted() {
    String run = stack.operator().begin(3, Instant.now().minusSeconds(6));
    JsonNode said = patient.until(run, "never_started");
    assertEquals("none", StalledRun.evidence(said, "execution"));
    assertEquals("start", said.at("/waiting_on/step").textValue());
    assertEquals("start", said.at("/next_steps/0/action").textValue());
    String young = stack.operator().begin(3, Instant.now());
    assertEquals("starting", patient.diagnosis(young).get("cause").textValue());
    stack.stop(run);
    stack.stop(young);
  }

  @Test
  void aRunThatIsNotHereIsToldApartFromOneThatFailed() {
    String nobody = "0123456789abcdef0123456789abcdef";
    JsonNode said = arena.get("/runs/" + nobody + "/diagnosis").expect(404);
    assertEquals("never_in_runs", said.get("symptom").textValue());
    assertEquals("no_such_run", said.get("cause").textValue());
    assertEquals("unknown_run", said.at("/error/code").textValue());
  }

  /** Its journal has lost the state that the first turn starts from. */
  @Test
  void aRunThatFailsBeforeItsFirstEventIsNamed() {
    String run = stack.operator().begin(3, Instant.now());
    stack.takeEntry(run, 0);
    try (SfnClient stepFunctions = AwsClients.stepFunctions()) {
      TurnTask first = new TurnTask(run, 0, 1, 0, 3, Profile.DEFAULT, false);
      stepFunctions.startExecution(
          start ->
              start
                  .stateMachineArn(stack.stack().resource("ReplayStateMachine"))
                  .name(run)
                  .input(TurnTaskCodec.write(first)));
    }
    JsonNode failing = patient.until(run, "failed_before_first_event");
    assertTrue(
        StalledRun.evidence(failing, "execution.last_error").contains("IllegalStateException"),
        failing.toString());
    JsonNode said = awaitStatus(run, "failed_before_first_event", "failed");
    assertEquals("closed_at_once", said.get("symptom").textValue());
    assertTrue(StalledRun.evidence(said, "catalog.error").contains("no state at position 0"));
  }

  private JsonNode awaitStatus(String run, String cause, String status) {
    Instant deadline = Instant.now().plus(BOUND);
    JsonNode said = patient.until(run, cause);
    while (!said.get("status").textValue().equals(status)) {
      assertTrue(Instant.now().isBefore(deadline), said::toPrettyString);
      said = patient.until(run, cause);
    }
    return said;
  }

  /** The same, in mid-run: a turn is tried again, and its state is gone. */
  @Test
  void aRunThatFailsLaterIsNamed() {
    try (GatedModel gate = GatedModel.at(1)) {
      String run = gate.start(3);
      stack.takeEntry(run, 0);
      gate.openWithThrottle();
      JsonNode said = patient.until(run, "failed_later", BOUND);
      assertTrue(said.toString().contains("IllegalStateException"), said.toPrettyString());
      said = awaitStatus(run, "failed_later", "failed");
      assertEquals("growth_then_error", said.get("symptom").textValue());
    }
  }

  @Test
  void aTaskThatIsLostIsNamed() {
    stack.models().when(DiagnosisStack.MORTAL, Behaviour.always(new Reply.Hang()));
    String run =
        arena.startRun(
            "{\"n_turns\":3,\"profile\":{\"model\":\"openai:%s\"}}"
                .formatted(DiagnosisStack.MORTAL));
    JsonNode said = patient.until(run, "waiting_for_model", BOUND);
    assertTrue(said.get("healthy").booleanValue());
    assertEquals(1, stack.stack().kill("replay-turn", event -> event.contains(run)));
    said = patient.until(run, "task_lost");
    assertFalse(said.get("healthy").booleanValue());
    assertTrue(
        StalledRun.evidence(said, "execution.last_error").contains("Runtime.ExitError"),
        said.toPrettyString());
    stack.stop(run);
  }

  @Test
  void anExecutionThatIsOverWithoutItsRunIsNamed() {
    try (GatedModel gate = GatedModel.at(1)) {
      String run = gate.start(3);
      stack.abortExecution(run);
      JsonNode said = patient.until(run, "execution_ended");
      assertTrue(StalledRun.evidence(said, "execution").startsWith("ABORTED"));
      stack.stop(run);
    }
  }

  @Test
  @ResourceLock("reaper")
  void aSilentRunIsDueToBeReapedAndThenReaped() {
    try (GatedModel gate = GatedModel.at(1)) {
      String run = gate.start(3);
      stack.abortExecution(run);
      stack.setLongAgo(run, "last_ts");
      agesEntries(run);
      JsonNode said = patient.until(run, "due_to_be_reaped");
      assertEquals("1800.0 s", StalledRun.evidence(said, "grace"));
      assertTrue(said.get("next_steps").toString().contains("There is no call that reaps one run"));

      stack.reap();
      said = patient.until(run, "reaped", BOUND);
      assertTrue(StalledRun.evidence(said, "catalog.error").startsWith("Abandoned"));
      assertEquals("fork", said.at("/next_steps/0/action").textValue());
    }
  }

  /** Lets what a run has written be long ago, too. */
  private void agesEntries(String run) {
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

  /** The journal lacks an entry, so that the archive cannot be written until it is back. */
  @Test
  void anArchiveThatFailsIsNamedAndThenWritten() {
    try (GatedModel gate = GatedModel.at(2)) {
      String run = gate.start(2);
      Map<String, AttributeValue> entry = stack.takeEntry(run, 1);
      gate.open();
      JsonNode said = patient.until(run, "archive_failed", BOUND);
      assertEquals("archive", stepOf(said));
      assertEquals("wait", said.at("/next_steps/0/action").textValue());

      stack.putEntry(entry);
      assertEquals("complete", arena.awaitEnd(run, BOUND).get("status").textValue());
      assertEquals("complete", patient.until(run, "complete").get("status").textValue());
    }
  }

  /** Between two attempts it waits for the next one. */
  private static String stepOf(JsonNode said) {
    assertEquals("FinalizeRun", said.at("/waiting_on/state").textValue());
    return said.at("/waiting_on/step").textValue().replace("retry", "archive");
  }

  @Test
  void aCompleteRunIsComplete() {
    String run = arena.startRun("{\"n_turns\":2}");
    arena.awaitEnd(run, BOUND);
    JsonNode said = patient.diagnosis(run);
    assertEquals("complete", said.get("cause").textValue());
    assertTrue(said.get("healthy").booleanValue());
    assertTrue(said.get("waiting_on").isNull());
    assertEquals(0, said.get("next_steps").size());
  }
}
