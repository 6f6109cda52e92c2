package arena.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.event.RawJson;
import arena.models.Behaviour;
import arena.models.Fault;
import arena.models.ModelCall;
import arena.models.ModelServer;
import arena.models.Reply;
import arena.run.AnswerFormat;
import arena.run.Profile;
import arena.run.PromptVariant;
import arena.run.Usage;
import arena.world.Scenario;
import arena.world.World;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The three APIs with each answer format: requests, answers, refusals, usage and caches. */
class AnswerFormatsTest {
  private static final World WORLD = Scenario.BALANCED.start();
  private static final RawJson WAIT = new RawJson("{\"type\":\"wait\"}");
  private static final String KEY = "sk-ant-local-4f7a9c1e";
  private static final String OBJECT = "{\"reasoning\":\"Hm.\",\"actions\":[{\"type\":\"wait\"}]}";
  private static final List<String> APIS = List.of("openai:", "anthropic:", "bedrock:");

  private final Map<String, String> before = new HashMap<>();
  private ModelServer server;

  @BeforeEach
  void start() {
    server = ModelServer.start();
    set("aws.region", "eu-central-1");
    set("aws.accessKeyId", "local");
    set("aws.secretAccessKey", "local");
    set("aws.endpointUrlBedrockRuntime", server.bedrockEndpoint().toString());
  }

  @AfterEach
  void stop() {
    server.close();
    before.forEach(
        (name, value) -> {
          if (value.isEmpty()) {
            System.clearProperty(name);
          } else {
            System.setProperty(name, value);
          }
        });
  }

  private void set(String name, String value) {
    before.put(name, System.getProperty(name, ""));
    System.setProperty(name, value);
  }

  private Agent agent(String model, AnswerFormat format) {
    Map<String, String> environment =
        Map.of(
            "ARENA_OPENAI_BASE_URL",
            server.openAiBaseUrl().toString(),
            "ARENA_OPENAI_API_KEY",
            KEY,
            "ARENA_ANTHROPIC_BASE_URL",
            server.anthropicBaseUrl().toString(),
            "ARENA_ANTHROPIC_API_KEY",
            KEY,
            "ARENA_MODEL_TIMEOUT_SECONDS",
            "20");
    return new ModelAgentResolver(environment)
        .forProfile(new Profile("player", model, 0.5, PromptVariant.STRATEGY, format));
  }

  private Decision decide(String model, AnswerFormat format) {
    return agent(model, format).decide(WORLD, WORLD.summary());
  }

  static Stream<Arguments> apisAndFormats() {
    return APIS.stream()
        .flatMap(api -> Stream.of(AnswerFormat.values()).map(format -> Arguments.of(api, format)));
  }

  static Stream<Arguments> apisAndOtherFormats() {
    return apisAndFormats().filter(one -> one.get()[1] != AnswerFormat.TEXT);
  }

  @ParameterizedTest
  @MethodSource("apisAndOtherFormats")
  void readsAnObjectOfReasoningAndActions(String api, AnswerFormat format) {
    server.when("m", Behaviour.text(OBJECT));
    Decision decision = decide(api + "m", format);
    assertEquals(List.of(WAIT), decision.actions(), decision.reasoning());
    assertEquals("Hm.", decision.reasoning());
  }

  @ParameterizedTest
  @MethodSource("apisAndFormats")
  void readsTextAndThinkingInEachFormat(String api, AnswerFormat format) {
    server.as(ModelServer.Flavour.VLLM);
    server.when(
        "m",
        Behaviour.always(
            new Reply.Text(
                "[{\"type\":\"wait\"}] Done.", Optional.empty(), Optional.of("[{}] Hm."), false)));
    Decision decision = decide(api + "m", format);
    assertEquals(List.of(WAIT), decision.actions(), decision.reasoning());
    assertEquals("[{}] Hm.\nDone.", decision.reasoning());
  }

  @ParameterizedTest
  @MethodSource("apisAndOtherFormats")
  void asksForTheFormat(String api, AnswerFormat format) {
    server.when("m", Behaviour.text(OBJECT));
    decide(api + "m", format);
    JsonNode body = server.calls().getFirst().body();
    String schema =
        switch (api + format.label()) {
          case "openai:tool" -> "/tools/0/function/parameters";
          case "openai:json_schema" -> "/response_format/json_schema/schema";
          case "anthropic:tool" -> "/tools/0/input_schema";
          case "anthropic:json_schema" -> "/output_config/format/schema";
          case "bedrock:tool" -> "/toolConfig/tools/0/toolSpec/inputSchema/json";
          default -> "/outputConfig/textFormat/structure/jsonSchema/schema";
        };
    String text =
        body.at(schema).isTextual() ? body.at(schema).asText() : body.at(schema).toString();
    assertEquals(AnswerSchema.schema().toString(), text);
    if (format == AnswerFormat.TOOL) {
      String choice =
          switch (api) {
            case "openai:" -> "/tool_choice/function/name";
            case "anthropic:" -> "/tool_choice/name";
            default -> "/toolConfig/toolChoice/tool/name";
          };
      assertEquals(AnswerSchema.NAME, body.at(choice).asText());
    }
    assertTrue(
        body.toString()
            .contains(format == AnswerFormat.TOOL ? "call the tool" : "one JSON object"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "openai:    | TOOL        | {\"error\":{\"message\":\"registry.example/m does not support tools\",\"type\":\"api_error\"}}",
        "openai:    | TOOL        | {\"object\":\"error\",\"message\":\"\\\"auto\\\" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set\",\"code\":400}",
        "openai:    | JSON_SCHEMA | {\"error\":{\"message\":\"Invalid parameter: 'response_format' of type 'json_schema' is not supported with this model.\",\"type\":\"invalid_request_error\",\"param\":null}}",
        "anthropic: | TOOL        | {\"type\":\"error\",\"error\":{\"type\":\"invalid_request_error\",\"message\":\"tool_choice: this model does not support forced tool use\"}}",
        "anthropic: | JSON_SCHEMA | {\"type\":\"error\",\"error\":{\"type\":\"invalid_request_error\",\"message\":\"output_config: Extra inputs are not permitted\"}}",
        "bedrock:   | TOOL        | {\"message\":\"This model doesn't support tool use.\"}",
        "bedrock:   | JSON_SCHEMA | {\"message\":\"This model doesn't support the outputConfig.textFormat field. Remove outputConfig.textFormat and try again.\"}",
      })
  void asksForTextIfTheModelRefusesTheFormat(String api, AnswerFormat format, String refusal) {
    server.when(
        "m",
        call ->
            asksForFormat(call.body())
                ? new Reply.Raw(400, "application/json", withType(refusal))
                : Reply.text("[{\"type\":\"wait\"}]"));
    Agent agent = agent(api + "m", format);
    Decision decision = agent.decide(WORLD, WORLD.summary());
    assertEquals(List.of(WAIT), decision.actions());
    assertTrue(decision.reasoning().contains("was asked for as text"), decision.reasoning());
    assertEquals(2, server.calls().size());
    assertFalse(server.calls().getLast().body().toString().contains("call the tool"));
    agent.decide(WORLD, WORLD.summary());
    assertEquals(3, server.calls().size(), "the refusal is remembered");
  }

  private static boolean asksForFormat(JsonNode body) {
    return Stream.of("tools", "response_format", "output_config", "toolConfig", "outputConfig")
        .anyMatch(body::has);
  }

  /** With the type of Bedrock's error, which is otherwise in a header. */
  private static String withType(String refusal) {
    return refusal.replace("{\"message\"", "{\"__type\":\"ValidationException\",\"message\"");
  }

  @ParameterizedTest
  @MethodSource("apisAndFormats")
  void answersEachTurnOnceThroughAStormOfThrottles(String api, AnswerFormat format) {
    server.when("m", Behaviour.faultFirst(3, Fault.THROTTLED, Behaviour.text(OBJECT)));
    Agent agent = agent(api + "m", format);
    int answers = 0;
    for (int turn = 0; turn < 5; turn++) {
      String prompt = WORLD.summary() + " turn " + turn;
      for (int attempt = 1; attempt <= 3; attempt++) {
        assertThrows(ModelThrottled.class, () -> agent.decide(WORLD, prompt));
      }
      answers += agent.decide(WORLD, prompt).actions().size();
    }
    assertEquals(5, answers);
    assertEquals(5 * 4, server.calls().size(), "no call is repeated by itself");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"openai:gpt-4o", "anthropic:claude-haiku-4-5", "bedrock:amazon.nova-lite-v1:0"})
  void pricesCachedTokensAsSuch(String model) {
    server.when(
        model.substring(model.indexOf(':') + 1),
        Behaviour.always(
            new Reply.Text(
                "[]",
                Optional.of(new Reply.Usage(1_000_000, 100_000, 600_000)),
                Optional.empty(),
                false)));
    Decision decision = decide(model, AnswerFormat.TEXT);
    Usage usage = decision.usage().orElseThrow();
    assertEquals(
        List.of(1_000_000L, 100_000L, 600_000L),
        List.of(usage.tokensIn(), usage.tokensOut(), usage.tokensCached()));
    double expected =
        switch (model.substring(0, model.indexOf(':'))) {
          case "openai" -> 0.4 * 2.50 + 0.6 * 1.25 + 0.1 * 10;
          case "anthropic" -> 0.4 * 1.00 + 0.6 * 0.10 + 0.1 * 5;
          default -> 0.4 * 0.06 + 0.6 * 0.015 + 0.1 * 0.24;
        };
    assertEquals(expected, decision.costUsd(), 1e-9);
  }

  @Test
  void pricesWhatIsWrittenToACache() {
    server.when(
        "claude-haiku-4-5",
        Behaviour.always(
            new Reply.Raw(
                200,
                "application/json",
                "{\"type\":\"message\",\"content\":[{\"type\":\"text\",\"text\":\"[]\"}],"
                    + "\"usage\":{\"input_tokens\":100,\"cache_creation_input_tokens\":1000000,"
                    + "\"cache_read_input_tokens\":0,\"output_tokens\":10}}")));
    Decision decision = decide("anthropic:claude-haiku-4-5", AnswerFormat.TEXT);
    assertEquals(1.25 + 100e-6 + 50e-6, decision.costUsd(), 1e-9);
    assertEquals(1_000_100, decision.usage().orElseThrow().tokensIn());
  }

  @Test
  void marksWhatACacheMayKeep() {
    server.when("m", Behaviour.text("[]"));
    decide("anthropic:m", AnswerFormat.TEXT);
    assertEquals(
        "ephemeral", server.calls().getLast().body().at("/system/0/cache_control/type").asText());
    decide("bedrock:us.anthropic.claude-3-5-haiku-20241022-v1:0", AnswerFormat.TEXT);
    assertEquals(
        "default", server.calls().getLast().body().at("/system/1/cachePoint/type").asText());
    decide("bedrock:meta.llama3-3-70b-instruct-v1:0", AnswerFormat.TEXT);
    assertEquals(1, server.calls().getLast().body().path("system").size());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "403 | {\"__type\":\"AccessDeniedException\",\"message\":\"You invoked an unsupported model or your request did not allow prompt caching. See the documentation for more information.\"}",
        "400 | {\"__type\":\"ValidationException\",\"message\":\"The model returned the following errors: cachePoint is not supported for this model.\"}",
      })
  void leavesOutTheMarkIfTheModelRefusesIt(int status, String refusal) {
    server.when(
        "anthropic.claude-old",
        call ->
            call.body().path("system").size() > 1
                ? new Reply.Raw(status, "application/json", refusal)
                : Reply.text("[{\"type\":\"wait\"}]"));
    assertEquals(
        List.of(WAIT), decide("bedrock:anthropic.claude-old", AnswerFormat.TEXT).actions());
    assertEquals(2, server.calls().size());
  }

  @Test
  void anthropicGetsWhatTheProfileSays() {
    decide("anthropic:claude-haiku-4-5", AnswerFormat.TEXT);
    ModelCall call = server.calls().getFirst();
    assertEquals(ModelCall.Api.MESSAGES, call.api());
    assertEquals(Optional.of(KEY), call.header("x-api-key"));
    assertEquals(Optional.of("2023-06-01"), call.header("anthropic-version"));
    assertEquals(Optional.empty(), call.header("authorization"));
    assertEquals(0.5, call.body().path("temperature").asDouble());
    assertEquals(WORLD.summary(), call.body().at("/messages/0/content").asText());
    assertEquals(
        Prompts.system(PromptVariant.STRATEGY, AnswerFormat.TEXT),
        call.body().at("/system/0/text").asText());
  }

  @ParameterizedTest
  @CsvSource({
    "THROTTLED,     ModelThrottled,  rate_limit_error",
    "QUOTA,         ModelRefused,    credit balance",
    "OVERLOADED,    ModelOverloaded, Overloaded",
    "INTERNAL,      ModelOverloaded, Internal server error",
    "TIMED_OUT,     ModelTimedOut,   timed out",
    "REFUSED,       ModelRefused,    invalid x-api-key",
    "INVALID,       ModelRefused,    not valid",
    "UNKNOWN_MODEL, ModelRefused,    not_found_error",
  })
  void distinguishesAnthropicsErrors(Fault fault, String cause, String said) {
    server.when("m", Behaviour.always(new Reply.Failed(fault)));
    ModelException failure =
        assertThrows(ModelException.class, () -> decide("anthropic:m", AnswerFormat.TEXT));
    assertEquals(cause, failure.getClass().getSimpleName(), failure.getMessage());
    assertTrue(failure.getMessage().contains(said), failure.getMessage());
    assertEquals(1, server.calls().size());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"stop_reason\":\"refusal\",\"content\":[]} | the model refused to answer",
        "{\"stop_reason\":\"refusal\",\"content\":[{\"type\":\"text\",\"text\":\"I cannot.\"}]} | the model refused to answer",
        "{\"stop_reason\":\"end_turn\",\"content\":[]} | the answer is empty",
        "{\"stop_reason\":\"end_turn\",\"content\":[{\"type\":\"thinking\",\"thinking\":\"[{}]\"}]} | the model only thought",
        "{\"stop_reason\":\"end_turn\",\"content\":[{\"type\":\"redacted_thinking\",\"data\":\"x\"}]} | the model only thought",
        "{\"stop_reason\":\"tool_use\",\"content\":[{\"type\":\"tool_use\",\"name\":\"search\",\"input\":{}}]} | called the tool search, which it was not offered",
        "{\"stop_reason\":\"max_tokens\",\"content\":[{\"type\":\"text\",\"text\":\"[{\\\"ty\"}]} | it reached its limit of tokens",
        "{\"stop_reason\":\"model_context_window_exceeded\",\"content\":[]} | context window is full",
      })
  void explainsAnthropicsEmptyTurns(String body, String why) {
    server.when(
        "m",
        Behaviour.always(
            new Reply.Raw(
                200, "application/json", body.replaceFirst("\\{", "{\"type\":\"message\","))));
    Decision decision = decide("anthropic:m", AnswerFormat.TEXT);
    assertEquals(List.of(), decision.actions());
    assertTrue(decision.reasoning().contains(why), decision.reasoning());
  }

  @Test
  void redactsTheKeyInWhatAnthropicAnswers() {
    server.when("m", Behaviour.text("The key is " + KEY + ". [{\"type\":\"" + KEY + "\"}]"));
    Decision decision = decide("anthropic:m", AnswerFormat.TEXT);
    assertFalse(decision.toString().contains(KEY), decision.toString());
    server.when(
        "m",
        Behaviour.always(
            new Reply.Raw(
                401,
                "application/json",
                "{\"type\":\"error\",\"error\":{\"type\":\"authentication_error\",\"message\":\"invalid x-api-key "
                    + KEY
                    + "\"}}")));
    ModelException failure =
        assertThrows(ModelException.class, () -> decide("anthropic:m", AnswerFormat.TEXT));
    assertInstanceOf(ModelRefused.class, failure);
    assertFalse(failure.getMessage().contains(KEY), failure.getMessage());
  }

  @Test
  void measuresTheTimeOfADecision() {
    AtomicLong clock = new AtomicLong(5);
    Agent slow =
        (world, summary) -> {
          clock.addAndGet(Duration.ofMillis(1_250).toNanos());
          return new Decision(List.of(), "", 0, Optional.of(new Usage(3, 2, 1, 0)));
        };
    assertEquals(
        Optional.of(new Usage(3, 2, 1, 1_250)),
        new TimedAgent(slow, clock::get).decide(WORLD, "").usage());
    assertEquals(
        Optional.empty(),
        new TimedAgent((world, summary) -> new Decision(List.of(), "", 0), clock::get)
            .decide(WORLD, "")
            .usage());
  }
}
