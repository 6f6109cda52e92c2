package arena.causes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.local.client.ArenaClient;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
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
