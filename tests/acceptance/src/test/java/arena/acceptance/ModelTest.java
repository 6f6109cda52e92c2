package arena.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.local.client.ArenaClient;
import arena.local.client.Envelope;
import arena.models.Behaviour;
import arena.models.Fault;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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

  @ParameterizedTest
  @CsvSource({
    "openai:, text",
    "openai:, tool",
    "openai:, json_schema",
    "anthropic:, text",
    "anthropic:, tool",
    "anthropic:, json_schema",
    "bedrock:amazon.nova-, text",
    "bedrock:amazon.nova-, tool",
    "bedrock:amazon.nova-, json_schema",
  })
  void answersEachTurnOnceThroughThrottles(String api, String format) {
    AcceptanceStack.shared()
        .models()
        .when(
            "amazon.nova-throttle-1",
            Behaviour.faultFirst(1, Fault.THROTTLED, Behaviour.text(Behaviour.ANSWER)));
    String run =
        arena.startRun(
            String.format(
                Locale.ROOT,
                "{\"n_turns\":2,\"profile\":{\"model\":\"%sthrottle-1\",\"answer_format\":\"%s\"}}",
                api,
                format));
    JsonNode row = arena.awaitEnd(run, BOUND);
    assertEquals("complete", row.path("status").asText(), row.toString());
    assertEquals(format, row.path("profile").path("answer_format").asText());
    List<JsonNode> responses =
        arena.events(run, 1).stream()
            .map(Envelope::fields)
            .filter(event -> event.path("kind").asText().equals("llm_response"))
            .toList();
    assertEquals(2, responses.size());
    for (JsonNode response : responses) {
      JsonNode usage = response.path("payload").path("usage");
      assertEquals(1_000, usage.path("tokens_in").asInt(), response.toString());
      assertTrue(usage.path("model_ms").isIntegralNumber(), response.toString());
    }
    assertEquals(2_000, row.path("tokens_in").asInt(), "one paid call a turn");
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
