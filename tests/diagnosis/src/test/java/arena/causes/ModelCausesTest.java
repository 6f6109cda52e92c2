package arena.causes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.local.client.ArenaClient;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** What a model does to a run is told from what it does otherwise. */
class ModelCausesTest {
  private static final Duration BOUND = Duration.ofSeconds(30);

  private final DiagnosisStack stack = DiagnosisStack.shared();
  private final ArenaClient arena = stack.client();
  private final StalledRun patient = stack.patient();

  private String play(String model, int turns) {
    return arena.startRun(
        String.format(
            Locale.ROOT, "{\"n_turns\":%d,\"profile\":{\"model\":\"%s\"}}", turns, model));
  }

  @Test
  void aModelThatHasTimeLeftIsWaitedFor() {
    String run = play("openai:hang", 3);
    JsonNode said = patient.until(run, "waiting_for_model");
    assertTrue(said.get("healthy").booleanValue());
    assertEquals("PlayTurn", said.at("/waiting_on/state").textValue());
    assertEquals(0, said.at("/waiting_on/turn").intValue());
    assertEquals("model", said.at("/waiting_on/step").textValue());
    assertEquals("wait", said.at("/next_steps/0/action").textValue());
    stack.stop(run);
  }

  @Test
  void aModelThatHangsIsNamed() {
    String run = play("openai:hang", 3);
    JsonNode said =
        patient.until(
            run,
            "model_hangs",
            Duration.ofSeconds(DiagnosisStack.MODEL_SECONDS).plus(StalledRun.VISIBLE));
    assertFalse(said.get("healthy").booleanValue());
    assertEquals("streaming_without_growth", said.get("symptom").textValue());
    assertTrue(StalledRun.evidence(said, "execution.last_error").contains("ModelTimedOut"));
    stack.stop(run);
  }

  @Test
  void aModelThatThrottlesIsNamed() {
    String run = play("openai:throttle", 3);
    JsonNode said = patient.until(run, "model_throttles");
    assertTrue(StalledRun.evidence(said, "execution.last_error").contains("ModelThrottled"));
    assertEquals("PlayTurn", said.at("/waiting_on/state").textValue());
    stack.stop(run);
  }

  @Test
  void aKeyThatIsRefusedIsNamed() {
    JsonNode said = patient.until(play("openai:refuse", 3), "model_refuses", BOUND);
    assertEquals("failed", said.get("status").textValue());
    assertTrue(StalledRun.evidence(said, "catalog.error").startsWith("ModelRefused"));
  }

  @Test
  void aModelWithoutActionsIsNamed() {
    String run = play("openai:prose", 200);
    JsonNode said = patient.until(run, "model_answers_no_actions", BOUND);
    assertEquals("playing_without_effect", said.get("symptom").textValue());
    assertTrue(StalledRun.evidence(said, "journal.last_reasoning").contains("food is low"));
    arena.post("/runs/" + run + "/stop", ""); // it may be complete by now
  }

  @Test
  void aModelWhoseAnswerIsNoneIsNamed() {
    JsonNode said = patient.until(play("openai:malformed", 3), "model_answers_no_actions", BOUND);
    assertTrue(said.toString().contains("ModelMalformed"));
  }
}
