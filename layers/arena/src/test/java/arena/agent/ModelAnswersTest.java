package arena.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.run.AnswerFormat;
import arena.run.Profile;
import arena.run.PromptVariant;
import arena.world.Scenario;
import arena.world.World;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The corpus {@code model-answers.jsonl}: what model servers answer, one case a line, and the right
 * reading of it. A server gives the {@code answers} in order, the last one again and again; with
 * {@code refuses_while_request_has} the first one for as long as the request has that field. An
 * answer with {@code gzip} is compressed.
 */
class ModelAnswersTest {
  private static final JsonMapper JSON = new JsonMapper();
  private static final World WORLD = Scenario.BALANCED.start();
  private static final int MAX_ATTEMPTS = 4;
  private static final Map<String, String> AWS =
      Map.of("aws.region", "eu-central-1", "aws.accessKeyId", "k", "aws.secretAccessKey", "s");

  private static final Map<String, String> before = new HashMap<>();
  private static HttpServer server;

  /** What answers; the server and the agents of a format are shared by thousands of cases. */
  private static ModelAnswersTest current;

  private static final Map<Asked, Agent> AGENTS = new HashMap<>();

  private final AtomicReference<String> path = new AtomicReference<>("");
  private JsonNode scenario;
  private int answered;

  @BeforeEach
  void answerFromHere() {
    current = this;
  }

  @BeforeAll
  static void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", exchange -> current.answer(exchange));
    server.start();
    AWS.forEach(ModelAnswersTest::set);
    set("aws.endpointUrlBedrockRuntime", address());
  }

  @AfterAll
  static void stop() {
    server.stop(0);
    AGENTS.clear();
    before.forEach(
        (name, value) -> {
          if (value.isEmpty()) {
            System.clearProperty(name);
          } else {
            System.setProperty(name, value);
          }
        });
  }

  private static void set(String name, String value) {
    before.put(name, System.getProperty(name, ""));
    System.setProperty(name, value);
  }

  private static String address() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  private synchronized void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      path.set(exchange.getRequestURI().toString());
      JsonNode request = JSON.readTree(exchange.getRequestBody());
      JsonNode answers = scenario.path("answers");
      String refused = scenario.path("refuses_while_request_has").asText("");
      int index =
          refused.isEmpty()
              ? Math.min(answered, answers.size() - 1)
              : has(request, refused) ? 0 : 1;
      answered++;
      JsonNode answer = answers.path(index);
      answer
          .path("headers")
          .properties()
          .forEach(
              header ->
                  exchange
                      .getResponseHeaders()
                      .set(header.getKey(), headerValue(header.getValue().asText())));
      exchange.getResponseHeaders().set("content-type", "application/json");
      byte[] body =
          (answer.has("raw") ? answer.path("raw").asText() : answer.path("body").toString())
              .getBytes(StandardCharsets.UTF_8);
      if (answer.path("gzip").asBoolean()) {
        body = gzip(body);
      }
      exchange.sendResponseHeaders(
          answer.path("status").asInt(), body.length == 0 ? -1 : body.length);
      exchange.getResponseBody().write(body);
    }
  }

  private static byte[] gzip(byte[] body) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(body);
    }
    return out.toByteArray();
  }

  /** A header's text, in which {@code {date+N}} is the date N seconds from now. */
  private static String headerValue(String text) {
    if (!text.startsWith("{date+")) {
      return text;
    }
    long seconds = Long.parseLong(text.substring("{date+".length(), text.length() - 1));
    return DateTimeFormatter.RFC_1123_DATE_TIME.format(
        Instant.now().plusSeconds(seconds).atOffset(ZoneOffset.UTC));
  }

  /** Whether the request has one of the fields: {@code a.b=value|c.0.d}. */
  private static boolean has(JsonNode request, String fields) {
    for (String field : fields.split("\\|", -1)) {
      String[] pathAndValue = field.split("=", 2);
      JsonNode node = request;
      for (String step : pathAndValue[0].split("\\.", -1)) {
        node = step.matches("[0-9]+") ? node.path(Integer.parseInt(step)) : node.path(step);
      }
      if (pathAndValue.length == 1
          ? !node.isMissingNode()
          : node.asText().equals(pathAndValue[1])) {
        return true;
      }
    }
    return false;
  }

  static Stream<Arguments> cases() throws IOException {
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                ModelAnswersTest.class.getResourceAsStream("model-answers.jsonl"),
                StandardCharsets.UTF_8))) {
      List<Arguments> cases = new java.util.ArrayList<>();
      for (String line : lines.lines().toList()) {
        JsonNode scenario = JSON.readTree(line);
        cases.add(Arguments.of(scenario.path("name").asText(), scenario));
      }
      return cases.stream();
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void readsEveryAnswerRight(String name, JsonNode scenario) throws Exception {
    this.scenario = scenario;
    Agent agent = agent();
    if (scenario.has("fails")) {
      ModelException failure =
          assertThrows(ModelException.class, () -> agent.decide(WORLD, WORLD.summary()));
      assertInstanceOf(ModelRefused.class, failure);
      assertTrue(failure.getMessage().contains(scenario.path("fails").asText()), failure::toString);
      return;
    }
    Decision decision = decide(agent);
    ArrayNode actions = JSON.createArrayNode();
    for (var action : decision.actions()) {
      actions.add(JSON.readTree(action.text()));
    }
    assertEquals(scenario.path("plays"), actions, decision.reasoning());
    if (actions.isEmpty() || scenario.path("explained").asBoolean()) {
      assertTrue(decision.reasoning().matches("(?s).*\\[[^\\[\\]]{10,}\\]"), decision.reasoning());
    }
    assertTrue(
        decision.reasoning().contains(scenario.path("reasoning").asText("")), decision.reasoning());
    if (scenario.has("expects_path")) {
      assertEquals(scenario.path("expects_path").asText(), path.get());
    }
  }

  /** How a case of the corpus is asked again. */
  record Asked(String api, AnswerFormat format) {}

  static Stream<Arguments> textsForEachApiAndFormat() throws IOException {
    List<Arguments> cases = new java.util.ArrayList<>();
    for (Arguments one : cases().toList()) {
      JsonNode scenario = (JsonNode) one.get()[1];
      JsonNode answer = scenario.path("answers").path(0);
      JsonNode choice = answer.at("/body/choices/0");
      boolean onlyText =
          scenario.path("answers").size() == 1
              && answer.path("status").asInt() == 200
              && choice.at("/message/content").isTextual()
              && choice.path("message").size() == 2
              && !choice.path("finish_reason").asText().matches("error|content_filter");
      for (String api : List.of("openai", "anthropic", "bedrock")) {
        for (AnswerFormat format : AnswerFormat.values()) {
          if (onlyText && !scenario.has("base_url_suffix")) {
            String name = one.get()[0] + ", " + api + " " + format.label();
            cases.add(Arguments.of(name, scenario, new Asked(api, format)));
          }
        }
      }
    }
    return cases.stream();
  }

  /** A text is read by the same rules from every API, also if a tool or a schema was asked for. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("textsForEachApiAndFormat")
  void readsEveryTextAlikeForEachApiAndFormat(String name, JsonNode scenario, Asked asked)
      throws Exception {
    JsonNode choice = scenario.at("/answers/0/body/choices/0");
    ObjectNode other = scenario.deepCopy();
    other.put("api", asked.api());
    ObjectNode answer = (ObjectNode) other.path("answers").path(0);
    answer.set("body", body(asked.api(), choice));
    this.scenario = other;
    // Each text is an answer with status 200, of which an agent remembers nothing.
    Decision decision = decide(AGENTS.computeIfAbsent(asked, key -> agent(key.format())));
    ArrayNode actions = JSON.createArrayNode();
    for (var action : decision.actions()) {
      actions.add(JSON.readTree(action.text()));
    }
    assertEquals(scenario.path("plays"), actions, decision.reasoning());
    if (actions.isEmpty()) {
      assertTrue(decision.reasoning().matches("(?s).*\\[[^\\[\\]]{10,}\\]"), decision.reasoning());
    }
  }

  /** A choice of a chat completion as an answer of another API. */
  private static JsonNode body(String api, JsonNode choice) {
    String text = choice.at("/message/content").asText();
    boolean cut = choice.path("finish_reason").asText().equals("length");
    ObjectNode body = JSON.createObjectNode();
    switch (api) {
      case "anthropic" -> {
        body.put("type", "message").put("stop_reason", cut ? "max_tokens" : "end_turn");
        body.putArray("content").addObject().put("type", "text").put("text", text);
      }
      case "bedrock" -> {
        body.put("stopReason", cut ? "max_tokens" : "end_turn");
        body.putObject("output")
            .putObject("message")
            .put("role", "assistant")
            .putArray("content")
            .addObject()
            .put("text", text);
      }
      default -> body.putArray("choices").add(choice);
    }
    return body;
  }

  private Agent agent() {
    return agent(AnswerFormat.TEXT);
  }

  private Agent agent(AnswerFormat format) {
    String base = address() + scenario.path("base_url_suffix").asText("/v1");
    Map<String, String> environment =
        Map.of(
            "ARENA_OPENAI_BASE_URL", base,
            "ARENA_OPENAI_API_KEY", "k",
            "ARENA_ANTHROPIC_BASE_URL", address(),
            "ARENA_ANTHROPIC_API_KEY", "k",
            "ARENA_MODEL_TIMEOUT_SECONDS", "20");
    String model = scenario.path("api").asText() + ":m";
    return new ModelAgentResolver(environment)
        .forProfile(new Profile("player", model, 0.5, PromptVariant.STRATEGY, format));
  }

  /** Plays a turn as the state machine does, which tries it again after a retryable failure. */
  private static Decision decide(Agent agent) {
    for (int attempt = 1; ; attempt++) {
      try {
        return agent.decide(WORLD, WORLD.summary());
      } catch (ModelRefused e) {
        throw e;
      } catch (ModelException e) {
        if (attempt == MAX_ATTEMPTS) {
          throw e;
        }
      }
    }
  }
}
