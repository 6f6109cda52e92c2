package arena.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.event.RawJson;
import arena.models.Behaviour;
import arena.models.Fault;
import arena.models.ModelCall;
import arena.models.ModelServer;
import arena.models.Reply;
import arena.run.AnswerFormat;
import arena.run.Limits;
import arena.run.Profile;
import arena.run.PromptVariant;
import arena.text.Redactor;
import arena.world.Scenario;
import arena.world.World;
import com.fasterxml.jackson.databind.JsonNode;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModelAgentsTest {
  private static final World WORLD = Scenario.BALANCED.start();
  private static final String KEY = "sk-local-4f7a9c1e";
  private static final List<String> SETTINGS =
      List.of(
          "aws.region", "aws.accessKeyId", "aws.secretAccessKey", "aws.endpointUrlBedrockRuntime");

  private final Map<String, String> before = new TreeMap<>();
  private ModelServer server;

  @BeforeEach
  void start() {
    server = ModelServer.start();
    for (String setting : SETTINGS) {
      Optional.ofNullable(System.getProperty(setting)).ifPresent(old -> before.put(setting, old));
    }
    System.setProperty("aws.region", "eu-central-1");
    System.setProperty("aws.accessKeyId", "local");
    System.setProperty("aws.secretAccessKey", "local");
    System.setProperty("aws.endpointUrlBedrockRuntime", server.bedrockEndpoint().toString());
  }

  @AfterEach
  void stop() {
    server.close();
    for (String setting : SETTINGS) {
      if (before.containsKey(setting)) {
        System.setProperty(setting, before.get(setting));
      } else {
        System.clearProperty(setting);
      }
    }
  }

  private Map<String, String> environment() {
    Map<String, String> environment = new HashMap<>();
    environment.put("ARENA_OPENAI_BASE_URL", server.openAiBaseUrl().toString());
    environment.put("ARENA_OPENAI_API_KEY", KEY);
    environment.put("ARENA_ANTHROPIC_BASE_URL", server.anthropicBaseUrl().toString());
    environment.put("ARENA_ANTHROPIC_API_KEY", KEY);
    environment.put("ARENA_MODEL_TIMEOUT_SECONDS", "20");
    return environment;
  }

  private static Profile profile(String model) {
    return new Profile("player", model, 0.5, PromptVariant.STRATEGY);
  }

  private Decision decide(String model) {
    return decide(model, environment());
  }

  private static Decision decide(String model, Map<String, String> environment) {
    return new ModelAgentResolver(environment)
        .forProfile(profile(model))
        .decide(WORLD, WORLD.summary());
  }

  /** The decision without its usage, whose time is not a constant. */
  private Decision read(String model) {
    Decision decision = decide(model);
    assertTrue(decision.usage().isPresent());
    return new Decision(decision.actions(), decision.reasoning(), decision.costUsd());
  }

  private ModelException failure(String model) {
    return failure(model, environment());
  }

  private static ModelException failure(String model, Map<String, String> environment) {
    ModelException failure = assertThrows(ModelException.class, () -> decide(model, environment));
    assertTrue(failure.getMessage().length() < 700, failure.getMessage());
    assertFalse(failure.getMessage().contains(KEY), failure.getMessage());
    assertFalse(failure.getMessage().contains("\n"), failure.getMessage());
    return failure;
  }

  @ParameterizedTest
  @ValueSource(strings = {"bedrock:", "openai:", "anthropic:"})
  void aModelPlays(String api) {
    Decision decision = decide(api + "any");
    assertEquals(List.of(new RawJson("{\"type\":\"queue_villager\"}")), decision.actions());
    assertEquals("One more villager.", decision.reasoning());
    assertEquals(0, decision.costUsd());
  }

  @ParameterizedTest
  @ValueSource(strings = {"bedrock:", "openai:", "anthropic:"})
  void leavesALongRetryAfterToTheStateMachine(String api) {
    ModelException failure = failure(api + "wait");
    assertInstanceOf(ModelThrottled.class, failure);
    assertEquals(Optional.of(Duration.ofSeconds(12)), failure.retryAfter());
    assertEquals(1, server.calls().size());
  }

  @Test
  void bedrockGetsWhatTheProfileSays() {
    decide("bedrock:eu.anthropic.claude-3-haiku-20240307-v1:0");
    ModelCall call = server.calls().getFirst();
    assertEquals(ModelCall.Api.CONVERSE, call.api());
    assertEquals("eu.anthropic.claude-3-haiku-20240307-v1:0", call.model());
    JsonNode body = call.body();
    assertEquals(
        Prompts.system(PromptVariant.STRATEGY, AnswerFormat.TEXT),
        body.path("system").path(0).path("text").asText());
    assertEquals(
        WORLD.summary(),
        body.path("messages").path(0).path("content").path(0).path("text").asText());
    assertEquals(0.5, body.path("inferenceConfig").path("temperature").asDouble());
    assertEquals(Limits.MAX_ANSWER_TOKENS, body.path("inferenceConfig").path("maxTokens").asInt());
    assertTrue(call.header("authorization").orElseThrow().contains("/eu-central-1/bedrock/"));
  }

  @Test
  void bedrockTakesTheArnOfAnInferenceProfile() {
    String arn =
        "arn:aws:bedrock:us-east-1:111122223333:inference-profile/us.amazon.nova-lite-v1:0";
    decide("bedrock:" + arn);
    assertEquals(arn, server.calls().getFirst().model());
  }

  @Test
  void openAiGetsWhatTheProfileSays() {
    decide("openai:qwen3:8b");
    ModelCall call = server.calls().getFirst();
    assertEquals(ModelCall.Api.CHAT, call.api());
    assertEquals("qwen3:8b", call.model());
    assertEquals("Bearer " + KEY, call.header("authorization").orElseThrow());
    JsonNode body = call.body();
    assertEquals("system", body.path("messages").path(0).path("role").asText());
    assertEquals(
        Prompts.system(PromptVariant.STRATEGY, AnswerFormat.TEXT),
        body.path("messages").path(0).path("content").asText());
    assertEquals("user", body.path("messages").path(1).path("role").asText());
    assertEquals(WORLD.summary(), body.path("messages").path(1).path("content").asText());
    assertEquals(0.5, body.path("temperature").asDouble());
    assertEquals(Limits.MAX_ANSWER_TOKENS, body.path("max_tokens").asInt());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "  "})
  void withoutAKeyNoneIsSent(String key) {
    Map<String, String> environment = environment();
    environment.put("ARENA_OPENAI_API_KEY", key);
    decide("openai:any", environment);
    assertEquals(Optional.empty(), server.calls().getFirst().header("authorization"));
  }

  @Test
  void aSlashAtTheEndOfTheBaseUrlDoesNoHarm() {
    Map<String, String> environment = environment();
    environment.put("ARENA_OPENAI_BASE_URL", server.openAiBaseUrl() + "/");
    assertEquals(1, decide("openai:any", environment).actions().size());
  }

  @ParameterizedTest
  @EnumSource(ModelServer.Flavour.class)
  void everyServersAnswerIsRead(ModelServer.Flavour flavour) {
    server.as(flavour);
    server.when(
        "thinker",
        Behaviour.always(
            new Reply.Text("[{\"type\":\"wait\"}]", Optional.empty(), Optional.of("Hm."), false)));
    Decision decision = decide("openai:thinker");
    assertEquals(List.of(new RawJson("{\"type\":\"wait\"}")), decision.actions());
    assertEquals(flavour == ModelServer.Flavour.OPENAI ? "" : "Hm.", decision.reasoning());
    assertEquals(0, decision.costUsd());
  }

  @Test
  void bedrocksThinkingIsReasoning() {
    server.when(
        "thinker",
        Behaviour.always(
            new Reply.Text(
                "[{\"type\":\"wait\"}] Done.", Optional.empty(), Optional.of("[1] Hm."), false)));
    Decision decision = decide("bedrock:thinker");
    assertEquals(List.of(new RawJson("{\"type\":\"wait\"}")), decision.actions());
    assertEquals("[1] Hm.\nDone.", decision.reasoning());
  }

  @Test
  void thoughtsBetweenTagsAreReasoning() {
    server.when(
        "r1", Behaviour.text("<think>\nFirst [1] or [2]?\n</think>\n\n[{\"type\":\"wait\"}]"));
    Decision decision = decide("openai:r1");
    assertEquals(List.of(new RawJson("{\"type\":\"wait\"}")), decision.actions());
    assertEquals("First [1] or [2]?", decision.reasoning());
  }

  @ParameterizedTest
  @ValueSource(strings = {"bedrock:", "openai:", "anthropic:"})
  void textWithoutAnArrayIsAnEmptyTurn(String api) {
    Decision decision = decide(api + "prose");
    assertEquals(List.of(), decision.actions());
    assertEquals(
        """
        I would rather not say what I do; food is low.
        [no actions: the answer holds no JSON array of actions]""",
        decision.reasoning());
  }

  @ParameterizedTest
  @ValueSource(strings = {"bedrock:", "openai:", "anthropic:"})
  void anAnswerThatWasCutSaysSo(String api) {
    server.when(
        "wordy",
        Behaviour.always(
            new Reply.Text("[{\"type\":\"wa", Optional.empty(), Optional.empty(), true)));
    Decision decision = decide(api + "wordy");
    assertEquals(List.of(), decision.actions());
    assertEquals(
        "[the answer was cut off: it reached its limit of tokens;"
            + " no actions: the list was cut off within its first action]",
        decision.reasoning());
  }

  @Test
  void contentInPartsAndNoContentAreRead() {
    server.when(
        "parts",
        raw(
            "{\"choices\":[{\"message\":{\"content\":[{\"type\":\"text\",\"text\":\"[{}\"},{\"type\":\"text\",\"text\":\"]\"}]}}]}"));
    server.when("null", raw("{\"choices\":[{\"message\":{\"content\":null}}]}"));
    server.when(
        "refusal",
        raw("{\"choices\":[{\"message\":{\"content\":null,\"refusal\":\"I cannot.\"}}]}"));
    assertEquals(List.of(new RawJson("{}")), decide("openai:parts").actions());
    assertEquals(
        new Decision(List.of(), "[no actions: the answer is empty]", 0), read("openai:null"));
    assertEquals(
        new Decision(List.of(), "I cannot.\n[no actions: the model refused to answer]", 0),
        read("openai:refusal"));
  }

  private static Behaviour raw(String body) {
    return Behaviour.always(new Reply.Raw(200, "application/json", body));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "bedrock:us.anthropic.claude-3-haiku-20240307-v1:0",
        "bedrock:anthropic.claude-3-haiku-20240307-v1:0"
      })
  void bedrocksCostIsByTheTable(String model) {
    server.when(model.substring("bedrock:".length()), billed(2_000_000, 1_000_000));
    assertEquals(2 * 0.25 + 1.25, decide(model).costUsd(), 1e-9);
  }

  @ParameterizedTest
  @ValueSource(strings = {"openai:gpt-4o-mini", "openai:gpt-4o-mini-2024-07-18"})
  void openAisCostIsByTheTable(String model) {
    server.when(model.substring("openai:".length()), billed(1_000, 100));
    assertEquals((1_000 * 0.15 + 100 * 0.60) / 1_000_000, decide(model).costUsd(), 1e-12);
  }

  @Test
  void aBillThatMakesNoSenseCostsNothing() {
    server.when(
        "gpt-4o",
        raw(
            "{\"choices\":[{\"message\":{\"content\":\"[]\"}}],\"usage\":{\"prompt_tokens\":-5,\"completion_tokens\":\"many\"}}"));
    assertEquals(0, decide("openai:gpt-4o").costUsd());
  }

  private static Behaviour billed(int input, int output) {
    return Behaviour.always(
        new Reply.Text("[]", Optional.of(new Reply.Usage(input, output)), Optional.empty(), false));
  }

  @ParameterizedTest
  @CsvSource({
    "THROTTLED,     ModelThrottled",
    "QUOTA,         ModelThrottled",
    "OVERLOADED,    ModelOverloaded",
    "INTERNAL,      ModelOverloaded",
    "TIMED_OUT,     ModelTimedOut",
    "MODEL_ERROR,   ModelOverloaded",
    "NOT_READY,     ModelOverloaded",
    "REFUSED,       ModelRefused",
    "INVALID,       ModelRefused",
    "UNKNOWN_MODEL, ModelRefused",
  })
  void bedrocksErrorsAreToldApart(Fault fault, String cause) {
    server.when("m", Behaviour.always(new Reply.Failed(fault)));
    ModelException failure = failure("bedrock:m");
    assertEquals(cause, failure.getClass().getSimpleName(), failure.getMessage());
    assertTrue(failure.getMessage().contains("Exception for m: "), failure.getMessage());
    assertEquals(1, server.calls().size());
  }

  @ParameterizedTest
  @CsvSource({
    "THROTTLED,     ModelThrottled,  rate_limit_exceeded",
    "QUOTA,         ModelRefused,    insufficient_quota",
    "OVERLOADED,    ModelOverloaded, currently overloaded",
    "INTERNAL,      ModelOverloaded, had an error",
    "TIMED_OUT,     ModelTimedOut,   timed out",
    "MODEL_ERROR,   ModelOverloaded, Bad gateway",
    "NOT_READY,     ModelOverloaded, Loading model",
    "REFUSED,       ModelRefused,    invalid_api_key",
    "INVALID,       ModelRefused,    not valid",
    "UNKNOWN_MODEL, ModelRefused,    model_not_found",
  })
  void openAisErrorsAreToldApart(Fault fault, String cause, String said) {
    server.when("m", Behaviour.always(new Reply.Failed(fault)));
    ModelException failure = failure("openai:m");
    assertEquals(cause, failure.getClass().getSimpleName(), failure.getMessage());
    assertTrue(failure.getMessage().contains(said), failure.getMessage());
    assertEquals(1, server.calls().size());
  }

  @ParameterizedTest
  @EnumSource(ModelServer.Flavour.class)
  void everyServersErrorIsRead(ModelServer.Flavour flavour) {
    server.as(flavour);
    assertInstanceOf(ModelOverloaded.class, failure("openai:not-ready"));
    ModelException refused = failure("openai:unknown");
    assertInstanceOf(ModelRefused.class, refused);
    assertTrue(refused.getMessage().contains("does not exist"), refused.getMessage());
  }

  @ParameterizedTest
  @CsvSource({
    "200, '{\"error\":{\"message\":\"upstream\",\"code\":502}}',         ModelOverloaded",
    "200, '{\"error\":{\"message\":\"slow down\",\"code\":429}}',        ModelThrottled",
    "200, '{\"error\":\"model is not loaded\"}',                         ModelMalformed",
    "404, '{\"error\":\"model not found, try pulling it first\"}',       ModelRefused",
    "422, '{\"detail\":[{\"loc\":[\"body\"],\"msg\":\"missing\"}]}',     ModelRefused",
    "502, '<html><body>Bad Gateway</body></html>',                       ModelOverloaded",
    "529, '',                                                            ModelOverloaded",
    "301, '',                                                            ModelRefused",
    "403, '{\"error\":null}',                                            ModelRefused",
    "204, '',                                                            ModelMalformed",
    "418, '[[[',                                                         ModelRefused",
  })
  void otherErrorsOfGatewaysAreToldApart(int status, String body, String cause) {
    server.when("m", Behaviour.always(new Reply.Raw(status, "text/plain", body)));
    assertEquals(cause, failure("openai:m").getClass().getSimpleName());
  }

  @ParameterizedTest
  @CsvSource({
    "429, '{\"message\":\"later\"}',                                     ModelThrottled",
    "403, '{\"message\":\"the security token is invalid\"}',             ModelRefused",
    "500, '<html></html>',                                               ModelOverloaded",
    "503, '',                                                            ModelOverloaded",
    "400, '{\"__type\":\"SomethingNewException\",\"message\":\"no\"}',   ModelRefused",
    "401, '{\"message\":\"who\"}',                                       ModelRefused",
  })
  void otherErrorsOfBedrockAreToldApart(int status, String body, String cause) {
    server.when("m", Behaviour.always(new Reply.Raw(status, "application/json", body)));
    assertEquals(cause, failure("bedrock:m").getClass().getSimpleName());
  }

  @ParameterizedTest
  @ValueSource(strings = {"openai:", "bedrock:", "anthropic:"})
  void limitsTheBytesOfAnAnswer(String api) {
    String rest = "x".repeat(Limits.MAX_ANSWER_BYTES - 2_000); // 2,000 for the fields around it
    server.when("long", _ -> Reply.text("[{}]" + rest));
    server.when("longer", _ -> Reply.text("[{}]" + rest + "x".repeat(2_000)));

    Decision decision = decide(api + "long");
    ModelException failure = failure(api + "longer");

    assertEquals(1, decision.actions().size());
    assertTrue(decision.reasoning().contains("only the first 200000 characters are read"));
    assertInstanceOf(ModelMalformed.class, failure);
    assertTrue(failure.getMessage().contains("2097152 bytes"), failure.getMessage());
  }

  @ParameterizedTest
  @CsvSource({
    "malformed, ModelMalformed",
    "huge,      ModelMalformed",
  })
  void whatIsNotTheApiIsMalformed(String model, String cause) {
    for (String api : List.of("bedrock:", "openai:", "anthropic:")) {
      ModelException failure = failure(api + model);
      assertEquals(cause, failure.getClass().getSimpleName(), failure.getMessage());
    }
    assertEquals(3, server.calls(model).size());
  }

  @Test
  void explainsAnAnswerWithoutAChoiceAndRejectsOneWithoutAMessage() {
    assertEquals(
        new Decision(List.of(), "[no actions: the service returned no choice]", 0),
        read("openai:empty"));
    assertInstanceOf(ModelMalformed.class, failure("bedrock:empty"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "null",
        "[]",
        "7",
        "\"text\"",
        "{}",
        "{\"output\":7}",
        "{\"output\":{\"message\":{}}}",
        "{\"output\":{\"message\":{\"content\":7}}}",
        "{\"output\":{\"message\":{\"content\":[null]}}}",
        "{\"choices\":{}}",
        "{\"choices\":[null]}",
        "{\"choices\":[{\"message\":[]}]}",
        "{\"choices\":7}",
        "",
        " ",
        "\u0000",
        "{\"choices\":[{\"message\":{\"content\":{}}}]}"
      })
  void answersOfAnyShapeAreAnEmptyTurnOrMalformed(String body) {
    server.when("m", raw(body));
    for (String api : List.of("bedrock:", "openai:", "anthropic:")) {
      try {
        assertEquals(List.of(), decide(api + "m").actions());
      } catch (ModelMalformed e) {
        assertTrue(e.getMessage().contains("answer"), e.getMessage());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "bedrock:drop",
        "openai:drop",
        "openai:truncated",
        "anthropic:drop",
        "anthropic:truncated"
      })
  void aBrokenConnectionIsUnreachableAndTheCallIsNotRepeated(String model) {
    ModelException failure = failure(model);
    assertInstanceOf(ModelUnreachable.class, failure, failure.getMessage());
    assertEquals(1, server.calls().size());
  }

  @Test
  void halfAnAnswerOfBedrockIsWorthARetry() {
    ModelException failure = failure("bedrock:truncated");
    assertTrue(
        failure instanceof ModelUnreachable || failure instanceof ModelMalformed,
        failure.getMessage());
    assertEquals(1, server.calls().size());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "bedrock:hang",
        "openai:hang",
        "anthropic:hang",
        "bedrock:trickle",
        "openai:trickle",
        "anthropic:trickle"
      })
  void aCallEndsInTimeWhateverTheServiceDoes(String model) {
    Map<String, String> environment = environment();
    environment.put("ARENA_MODEL_TIMEOUT_SECONDS", "1");
    ModelException failure =
        assertTimeoutPreemptively(Duration.ofSeconds(10), () -> failure(model, environment));
    assertInstanceOf(ModelTimedOut.class, failure, failure.getMessage());
    assertTrue(failure.getMessage().contains("1 s"), failure.getMessage());
    assertTrue(server.calls().size() <= 1, "the call is not repeated");
  }

  @ParameterizedTest
  @ValueSource(strings = {"bedrock:any", "openai:any", "anthropic:any"})
  void aPortWhereNobodyListensIsUnreachable(String model) throws Exception {
    int port;
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    System.setProperty("aws.endpointUrlBedrockRuntime", "http://127.0.0.1:" + port);
    Map<String, String> environment = environment();
    environment.put("ARENA_OPENAI_BASE_URL", "http://127.0.0.1:" + port + "/v1");
    environment.put("ARENA_ANTHROPIC_BASE_URL", "http://127.0.0.1:" + port);
    assertInstanceOf(ModelUnreachable.class, failure(model, environment));
  }

  @ParameterizedTest
  @ValueSource(strings = {"bedrock:throttle-2", "openai:throttle-2", "anthropic:throttle-2"})
  void aThrottledCallIsAnsweredWhenItIsMadeAgain(String model) {
    Agent agent = new ModelAgentResolver(environment()).forProfile(profile(model));
    assertThrows(ModelThrottled.class, () -> agent.decide(WORLD, WORLD.summary()));
    assertThrows(ModelThrottled.class, () -> agent.decide(WORLD, WORLD.summary()));
    assertEquals(1, agent.decide(WORLD, WORLD.summary()).actions().size());
  }

  @Test
  void aModelThatTakesNeitherTheLimitNorATemperatureIsAskedAnew() {
    server.when(
        "o9",
        call -> {
          if (call.body().has("max_tokens")) {
            return unsupported("max_tokens", "unsupported_parameter");
          }
          if (call.body().has("temperature")) {
            return unsupported("temperature", "unsupported_value");
          }
          return Reply.text("[]");
        });
    Agent agent = new ModelAgentResolver(environment()).forProfile(profile("openai:o9"));
    assertEquals(List.of(), agent.decide(WORLD, WORLD.summary()).actions());
    assertEquals(3, server.calls().size());
    agent.decide(WORLD, WORLD.summary());
    assertEquals(4, server.calls().size(), "what the model takes is remembered");
    JsonNode body = server.calls().getLast().body();
    assertEquals(Limits.MAX_ANSWER_TOKENS, body.path("max_completion_tokens").asInt());
  }

  @Test
  void aModelThatObjectsForEverIsRefused() {
    server.when("o9", call -> unsupported("temperature", "unsupported_value"));
    assertInstanceOf(ModelRefused.class, failure("openai:o9"));
    assertEquals(2, server.calls().size());
  }

  private static Reply unsupported(String parameter, String code) {
    return new Reply.Raw(
        400,
        "application/json",
        "{\"error\":{\"message\":\"Unsupported: '%s' is not supported with this model.\",\"type\":\"invalid_request_error\",\"param\":\"%s\",\"code\":\"%s\"}}"
            .formatted(parameter, parameter, code));
  }

  @Test
  void theKeyIsNotTold() {
    Map<String, String> environment = environment();
    server.withKey("another");
    ModelException failure = failure("openai:any", environment);
    assertInstanceOf(ModelRefused.class, failure);
    String shown = Redactor.OF_FORMATS.redact(failure.getMessage()); // as in a diagnosis
    assertTrue(
        shown.contains("401 (invalid_api_key): Incorrect API key provided: [redacted]"), shown);
  }

  @Test
  void aLongErrorTextIsCutToOneLine() {
    server.when(
        "m",
        Behaviour.always(
            new Reply.Raw(
                500,
                "application/json",
                "{\"error\":{\"message\":\"" + "a\\n\\u0007".repeat(5_000) + "\"}}")));
    assertInstanceOf(ModelOverloaded.class, failure("openai:m"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "gpt-4o", "openai:", "bedrock:", "anthropic:", "Scripted", "azure:gpt-4o"})
  void anUnknownModelIsRefusedBeforeAnyCall(String model) {
    ModelAgentResolver agents = new ModelAgentResolver(environment());
    ModelRefused refused =
        assertThrows(ModelRefused.class, () -> agents.forProfile(profile(model)));
    assertEquals(
        "unknown model '%s'; use scripted, bedrock:<model id>, openai:<model> or anthropic:<model>"
            .formatted(model),
        refused.getMessage());
  }

  @Test
  void aMissingBaseUrlIsRefusedBeforeAnyCall() {
    ModelRefused refused =
        assertThrows(
            ModelRefused.class,
            () -> new ModelAgentResolver(Map.of()).forProfile(profile("openai:gpt-4o")));
    assertEquals(
        "ARENA_OPENAI_BASE_URL is not set; set it to the endpoint's address, such as https://host/v1",
        refused.getMessage());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"localhost:11434/v1", "ftp://host/v1", "http://", "http://user:word@host/v1", "%"})
  void aBaseUrlThatIsNoneIsRefused(String url) {
    ModelAgentResolver agents = new ModelAgentResolver(Map.of("ARENA_OPENAI_BASE_URL", url));
    ModelRefused refused =
        assertThrows(ModelRefused.class, () -> agents.forProfile(profile("openai:m")));
    assertFalse(refused.getMessage().contains("word"), refused.getMessage());
  }

  @Test
  void aKeyThatNoHeaderCanCarryIsRefusedWithoutTellingIt() {
    Map<String, String> environment = environment();
    environment.put("ARENA_OPENAI_API_KEY", KEY + "\r\nX-Evil: 1");
    assertInstanceOf(ModelRefused.class, failure("openai:m", environment));
  }

  @Test
  void withoutCredentialsBedrockIsRefused() {
    System.clearProperty("aws.accessKeyId");
    System.clearProperty("aws.secretAccessKey");
    String disabled = System.getProperty("aws.disableEc2Metadata");
    System.setProperty("aws.disableEc2Metadata", "true");
    try {
      assertInstanceOf(ModelRefused.class, failure("bedrock:m"));
    } finally {
      if (disabled == null) {
        System.clearProperty("aws.disableEc2Metadata");
      } else {
        System.setProperty("aws.disableEc2Metadata", disabled);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "-1", "841", "soon", "1.5"})
  void aTimeoutThatIsNoneIsNamed(String seconds) {
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class,
            () -> new ModelAgentResolver(Map.of("ARENA_MODEL_TIMEOUT_SECONDS", seconds)));
    assertTrue(e.getMessage().startsWith("ARENA_MODEL_TIMEOUT_SECONDS must be "), e.getMessage());
  }

  @Test
  void oneProfileHasOneAgent() {
    ModelAgentResolver agents = new ModelAgentResolver(environment());
    assertSame(agents.forProfile(profile("openai:m")), agents.forProfile(profile("openai:m")));
    assertInstanceOf(ScriptedAgent.class, agents.forProfile(Profile.DEFAULT));
  }
}
