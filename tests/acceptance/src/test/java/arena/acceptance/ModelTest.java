package arena.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.local.client.ArenaClient;
import arena.local.client.Envelope;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs played by a model, through a local server with the APIs of model providers. */
final class ModelTest {
  private static final Duration BOUND = Duration.ofSeconds(90);

  private final ArenaClient arena = AcceptanceStack.shared().client();

  @Test
  void playsActionsAndRecordsCost() {
    String run = play("openai:fenced", 2);
    JsonNode row = arena.awaitEnd(run, BOUND);
    assertEquals("complete", row.path("status").asText(), row.toString());
    List<JsonNode> events = arena.events(run, 1).stream().map(Envelope::fields).toList();
    JsonNode result = first(events, "action_result");
    assertEquals("queue_villager", result.path("payload").path("action_type").asText());
    assertTrue(result.path("payload").path("state_changed").asBoolean());
    JsonNode response = first(events, "llm_response");
    assertTrue(response.path("payload").path("cost_usd").isNumber());
  }

  @Test
  void playsEmptyTurnForTextWithoutActions() {
    String run = play("openai:prose", 1);
    assertEquals("complete", arena.awaitEnd(run, BOUND).path("status").asText());
    JsonNode response =
        first(arena.events(run, 1).stream().map(Envelope::fields).toList(), "llm_response");
    assertEquals(0, response.path("payload").path("actions").size());
    assertTrue(response.path("payload").path("reasoning").asText().length() > 3);
  }

  @Test
  void retriesThrottledModel() {
    String run = play("openai:throttle-1", 1);
    assertEquals("complete", arena.awaitEnd(run, BOUND).path("status").asText());
  }

  @Test
  void failsRunWithReasonForRefusedKey() {
    String run = play("openai:refuse", 3);
    JsonNode row = arena.awaitEnd(run, BOUND);
    assertEquals("failed", row.path("status").asText());
    assertEquals("ModelRefused", row.path("error").path("code").asText(), row.toString());
    List<String> kinds =
        arena.events(run, 1).stream().map(e -> e.fields().path("kind").asText()).toList();
    assertEquals(List.of("turn_start", "observation", "llm_prompt"), kinds);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "amazon.nova-lite-v1:0",
        "us.amazon.nova-lite-v1:0",
        "arn:aws:bedrock:us-east-1:000000000000:application-inference-profile/a1b2c3"
      })
  void playsBedrocksModelsByAnyIdThatThePolicyAllows(String model) {
    String run = play("bedrock:" + model, 1);
    JsonNode row = arena.awaitEnd(run, BOUND);
    assertEquals("complete", row.path("status").asText(), row.toString());
  }

  @Test
  void failsRunWithReasonForAModelThatThePolicyDoesNotAllow() {
    String run = play("bedrock:arn:aws:bedrock:us-east-1:000000000000:imported-model/a1b2c3", 1);
    JsonNode row = arena.awaitEnd(run, BOUND);
    assertEquals("failed", row.path("status").asText());
    assertEquals("ModelRefused", row.path("error").path("code").asText(), row.toString());
    assertTrue(
        row.path("error")
            .path("message")
            .asText()
            .contains("is not authorized to perform: bedrock:InvokeModel on resource: arn:aws:"),
        row.toString());
  }

  private String play(String model, int turns) {
    return arena.startRun(
        String.format(
            Locale.ROOT,
            "{\"n_turns\":%d,\"profile\":{\"name\":\"tested\",\"model\":\"%s\"}}",
            turns,
            model));
  }

  private static JsonNode first(List<JsonNode> events, String kind) {
    return events.stream()
        .filter(event -> event.path("kind").asText().equals(kind))
        .findFirst()
        .orElseThrow();
  }
}
