package arena.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.agent.OfferedModels;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPResponse;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The models and presets that a deployment offers. */
class ModelRoutesTest {
  private static final JsonMapper JSON = new JsonMapper();
  private static final OfferedModels OFFERED = new OfferedModels("amazon.nova-lite-*", false, true);

  private final AtomicReference<Instant> now =
      new AtomicReference<>(Instant.parse("2026-01-31T12:00:00Z"));
  private final AtomicReference<Optional<String>> file = new AtomicReference<>(Optional.empty());
  private final AtomicInteger reads = new AtomicInteger();
  private final Router.Route route =
      ModelRoutes.over(
              OFFERED,
              () -> {
                reads.incrementAndGet();
                return file.get();
              },
              now::get)
          .get("GET /models");

  private JsonNode models() throws Exception {
    APIGatewayV2HTTPEvent event =
        APIGatewayV2HTTPEvent.builder()
            .withRouteKey("GET /models")
            .withRawPath("/models")
            .withRequestContext(
                APIGatewayV2HTTPEvent.RequestContext.builder()
                    .withAuthorizer(
                        APIGatewayV2HTTPEvent.RequestContext.Authorizer.builder()
                            .withLambda(
                                Map.of(
                                    "principal", "k3f7q2xa",
                                    "role", "viewer",
                                    "expires_at", "4102444800"))
                            .build())
                    .build())
            .build();
    APIGatewayV2HTTPResponse response = new Router(Map.of("GET /models", route)).handle(event, "-");
    assertEquals(200, response.getStatusCode(), response.getBody());
    return JSON.readTree(response.getBody());
  }

  @Test
  void listsOfferedModelsWithPricesAndTheirDate() throws Exception {
    JsonNode models = models().get("models");
    List<String> names = models.findValuesAsText("model");
    assertEquals(
        List.of("scripted", "scripted:boom", "scripted:rush", "scripted:idle", "recorded"),
        names.subList(0, 5));
    assertTrue(names.contains("anthropic:claude-haiku-4-5"), names::toString);
    assertTrue(names.contains("bedrock:amazon.nova-lite-v1:0"), names::toString);
    assertTrue(names.stream().noneMatch(name -> name.startsWith("openai:")), names::toString);
    JsonNode lite = models.get(names.indexOf("bedrock:amazon.nova-lite-v1:0"));
    assertEquals(
        "{\"model\":\"bedrock:amazon.nova-lite-v1:0\",\"provider\":\"bedrock\","
            + "\"input_usd_per_million\":0.06,\"output_usd_per_million\":0.24,"
            + "\"cached_usd_per_million\":0.015,\"price_date\":\"2025-10\","
            + "\"answer_formats\":[\"text\",\"tool\",\"json_schema\"]}",
        lite.toString());
  }

  @Test
  void addsTheDeploymentsPresetsToTheBuiltInOnes() throws Exception {
    file.set(
        Optional.of(
            "[{\"name\":\"haiku-tool\",\"version\":2,"
                + "\"profile\":{\"model\":\"anthropic:claude-haiku-4-5\",\"answer_format\":\"tool\"}}]"));
    JsonNode presets = models().get("presets");
    assertEquals(
        List.of("scripted-strategy", "scripted-bare", "haiku-tool"),
        presets.valueStream().map(preset -> preset.get("name").textValue()).toList());
    assertEquals(
        "{\"name\":\"haiku-tool\",\"version\":2,\"profile\":{\"name\":\"haiku-tool-v2\","
            + "\"model\":\"anthropic:claude-haiku-4-5\",\"temperature\":0.0,"
            + "\"prompt_variant\":\"strategy\",\"answer_format\":\"tool\"}}",
        presets.get(2).toString());
  }

  @Test
  void readsTheFileAgainAfterAMinute() throws Exception {
    models();
    models();
    assertEquals(1, reads.get());
    now.set(now.get().plus(ModelRoutes.MAX_AGE).plus(Duration.ofSeconds(1)));
    file.set(Optional.of("[{}"));
    assertEquals("presets must be a JSON array", models().get("presets_problem").textValue());
    assertEquals(2, reads.get());
    now.set(now.get().plus(Duration.ofMinutes(2)));
    file.set(Optional.of("[]"));
    assertTrue(models().get("presets_problem").isNull());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{} | presets must be a JSON array",
        "[7] | presets[0]: ",
        "[{\"version\":1}] | presets[0]: name ",
        "[{\"name\":\"A b\",\"version\":1}] | presets[0]: name ",
        "[{\"name\":\"a\"}] | presets[0] (a): version ",
        "[{\"name\":\"a\",\"version\":0}] | presets[0] (a): version ",
        "[{\"name\":\"a\",\"version\":1,\"other\":1}] | presets[0] (a): ",
        "[{\"name\":\"a\",\"version\":1,\"profile\":{\"answer_format\":\"xml\"}}] | presets[0] (a): profile.answer_format",
        "[{\"name\":\"a\",\"version\":1,\"profile\":{\"temperature\":3}}] | presets[0] (a): profile.temperature",
        "[{\"name\":\"a\",\"version\":1,\"profile\":{\"model\":\"openai:gpt-4o\"}}] | presets[0] (a): profile.model is not offered",
        "[{\"name\":\"a\",\"version\":1,\"profile\":{\"model\":\"recorded\"}}] | presets[0] (a): profile.model is not offered",
        "[{\"name\":\"a\",\"version\":1},{\"name\":\"a\",\"version\":1}] | presets[1] (a): name and version must differ",
        "[{\"name\":\"scripted-bare\",\"version\":2}] | presets[0] (scripted-bare): name and version must differ",
      })
  void namesTheFieldOfAnInvalidPreset(String json, String problem) throws Exception {
    file.set(Optional.of(json));
    JsonNode answer = models();
    String found = answer.get("presets_problem").textValue();
    assertTrue(found.contains(problem), found);
    assertEquals(2, answer.get("presets").size(), "the built-in ones stay");
  }

  @Test
  void reportsInvalidPresetsAtTheStart() {
    file.set(Optional.of("[{\"name\":\"a\",\"version\":1,\"profile\":{\"temperature\":3}}]"));
    String problem = ModelRoutes.presetsProblem(OFFERED, file::get).orElseThrow();
    assertTrue(problem.startsWith("presets[0] (a): profile.temperature "), problem);
    file.set(Optional.of("[]"));
    assertEquals(Optional.empty(), ModelRoutes.presetsProblem(OFFERED, file::get));
  }

  @Test
  void takesAtMostFiftyPresets() {
    String many = "[" + "{},".repeat(Presets.MAX) + "{}]";
    IllegalArgumentException refusal =
        assertThrows(IllegalArgumentException.class, () -> Presets.parse(many, _ -> true));
    assertEquals("presets is 51 and must be at most 50", refusal.getMessage());
  }
}
