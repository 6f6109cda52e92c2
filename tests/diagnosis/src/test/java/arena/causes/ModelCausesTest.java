package arena.causes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.local.client.ArenaClient;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** Causes in the model. */
class ModelCausesTest {
  private static final Duration BOUND = Duration.ofSeconds(30);

  private final DiagnosisStack stack = DiagnosisStack.shared();
  private final ArenaClient arena = stack.client();
  private final DiagnosisClient diagnoses = stack.diagnoses();

  private String play(String model, int turns) {
    return arena.startRun(
        String.format(
            Locale.ROOT, "{\"n_turns\":%d,\"profile\":{\"model\":\"%s\"}}", turns, model));
  }

  @Test
  void reportsWaitingWithinTheTimeout() {
    String run = play("openai:hang", 3);
    JsonNode diagnosis = diagnoses.awaitCause(run, "waiting_for_model");
    assertTrue(diagnosis.get("healthy").booleanValue());
    assertEquals("PlayTurn", diagnosis.at("/waiting_on/state").textValue());
    assertEquals(0, diagnosis.at("/waiting_on/turn").intValue());
    assertEquals("model", diagnosis.at("/waiting_on/step").textValue());
    assertEquals("wait", diagnosis.at("/next_steps/0/action").textValue());
    stack.stop(run);
  }

  @Test
  void reportsHangingModel() {
    String run = play("openai:hang", 3);
    JsonNode diagnosis =
        diagnoses.awaitCause(
            run,
            "model_hangs",
            Duration.ofSeconds(DiagnosisStack.MODEL_SECONDS).plus(DiagnosisClient.DETECTION_BOUND));
    assertFalse(diagnosis.get("healthy").booleanValue());
    assertEquals("streaming_without_growth", diagnosis.get("symptom").textValue());
    assertTrue(
        DiagnosisClient.evidence(diagnosis, "execution.last_error").contains("ModelTimedOut"));
    stack.stop(run);
  }

  @Test
  void reportsThrottlingModel() {
    String run = play("openai:throttle", 3);
    JsonNode diagnosis = diagnoses.awaitCause(run, "model_throttles");
    assertTrue(
        DiagnosisClient.evidence(diagnosis, "execution.last_error").contains("ModelThrottled"));
    assertEquals("PlayTurn", diagnosis.at("/waiting_on/state").textValue());
    stack.stop(run);
  }

  @Test
  void reportsUntilWhenTheModelsServiceAskedToWait() {
    String run = play("openai:wait-1", 1);
    JsonNode diagnosis = diagnoses.awaitCause(run, "model_throttles");
    assertEquals("WaitForModel", diagnosis.at("/waiting_on/state").textValue());
    assertEquals("model_wait", diagnosis.at("/waiting_on/step").textValue());
    Instant until = Instant.parse(diagnosis.at("/waiting_on/until").textValue());
    Instant since = Instant.parse(diagnosis.at("/waiting_on/since").textValue());
    assertEquals(12, Duration.between(since, until).toSeconds());
    assertTrue(
        diagnosis.get("summary").textValue().contains("asked to wait until"), diagnosis::toString);
    JsonNode replays = arena.get("/replays").expect(200);
    assertTrue(replays.toString().contains("model_wait"), replays::toString);

    assertEquals("complete", arena.awaitEnd(run, BOUND).get("status").textValue());
    Instant answered =
        Instant.parse(
            arena
                .get("/events?run_id=" + run + "&from_seq=4")
                .expect(200)
                .at("/events/0/ts")
                .textValue());
    assertFalse(answered.isBefore(until.minusSeconds(1)), answered + " before " + until);
  }

  @Test
  void reportsRefusedKey() {
    JsonNode diagnosis = diagnoses.awaitCause(play("openai:refuse", 3), "model_refuses", BOUND);
    assertEquals("failed", diagnosis.get("status").textValue());
    assertTrue(DiagnosisClient.evidence(diagnosis, "catalog.error").startsWith("ModelRefused"));
  }

  @Test
  void reportsModelWithoutActions() {
    String run = play("openai:prose", 200);
    JsonNode diagnosis = diagnoses.awaitCause(run, "model_answers_no_actions", BOUND);
    assertEquals("playing_without_effect", diagnosis.get("symptom").textValue());
    assertTrue(
        DiagnosisClient.evidence(diagnosis, "journal.last_reasoning").contains("food is low"));
    arena.post("/runs/" + run + "/stop", ""); // may already be complete
  }

  @Test
  void reportsMalformedAnswer() {
    JsonNode diagnosis =
        diagnoses.awaitCause(play("openai:malformed", 3), "model_answers_no_actions", BOUND);
    assertTrue(diagnosis.toString().contains("ModelMalformed"));
  }
}
