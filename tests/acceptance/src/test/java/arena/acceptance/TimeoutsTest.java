package arena.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.agent.ModelTimeouts;
import arena.local.gateway.HttpApiDefinition;
import arena.local.lambda.FunctionDefinition;
import arena.local.template.Deployment;
import arena.local.template.InvalidTemplate;
import arena.local.template.StackPlan;
import arena.local.template.StateMachineDefinition;
import arena.local.template.Template;
import arena.runtime.AwsClients;
import arena.runtime.Settings;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import software.amazon.awssdk.awscore.AwsServiceClientConfiguration;
import software.amazon.awssdk.services.apigatewaymanagementapi.ApiGatewayManagementApiClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.lambda.LambdaClient;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.sfn.SfnClient;

/**
 * Every caller's time-out is longer than that of its callee: a store call shorter than its
 * function, a function shorter than its route or task. Otherwise the caller gives up first and the
 * callee's result is lost.
 */
final class TimeoutsTest {
  private static final Duration LAMBDA_MAXIMUM = Duration.ofMinutes(15);

  private final StackPlan plan = AcceptanceStack.shared().stack().plan();

  /** The stack with a timeout of model calls, in seconds. */
  private static StackPlan plan(int modelTimeout) {
    Deployment deployment = Deployment.placeholder();
    return Template.read(Path.of("../../template.yaml"))
        .resolve(Map.of("ModelTimeoutSeconds", String.valueOf(modelTimeout)), deployment);
  }

  static List<Integer> modelTimeouts() {
    return ModelTimeouts.VALUES;
  }

  private Map<String, Duration> functions() {
    return functions(plan);
  }

  private static Map<String, Duration> functions(StackPlan plan) {
    Map<String, Duration> timeouts = new HashMap<>();
    for (FunctionDefinition function : plan.functions()) {
      timeouts.put(function.name(), function.timeout());
      timeouts.put(function.arn(), function.timeout());
      timeouts.put(function.arn() + ":live", function.timeout());
    }
    return timeouts;
  }

  private static void assertShorter(Duration shorter, Duration longer, String what) {
    assertTrue(shorter.compareTo(longer) < 0, () -> what + ": " + shorter + ", " + longer);
  }

  @Test
  void functionTimesOutBeforeItsHttpRoute() {
    Map<String, Duration> functions = functions();
    for (HttpApiDefinition.Route route : plan.httpApi().orElseThrow().routes()) {
      Duration function = functions.get(route.function());
      assertTrue(function != null, route.function() + " is a function");
      assertShorter(function, route.timeout(), route.key());
    }
  }

  @ParameterizedTest
  @MethodSource("modelTimeouts")
  void functionTimesOutBeforeItsTask(int modelTimeout) throws Exception {
    StackPlan plan = plan(modelTimeout);
    Map<String, Duration> functions = functions(plan);
    Set<String> called = new HashSet<>();
    for (StateMachineDefinition machine : plan.stateMachines()) {
      JsonNode definition =
          new ObjectMapper()
              .valueToTree(
                  new Yaml(new SafeConstructor(new LoaderOptions()))
                      .<Object>load(Files.readString(machine.definition())));
      for (JsonNode state : functionTasks(definition)) {
        String function = state.at("/Arguments/FunctionName").textValue();
        for (Map.Entry<String, String> one : machine.substitutions().entrySet()) {
          function = function.replace("${" + one.getKey() + "}", one.getValue());
        }
        assertTrue(functions.containsKey(function), function + " is a function");
        Duration task = timeout(state, machine.substitutions());
        assertShorter(functions.get(function), task, state.path("Comment").asText());
        assertShorter(
            task, Duration.ofSeconds(definition.get("TimeoutSeconds").longValue()), "execution");
        called.add(function);
      }
    }
    assertEquals(3, called.size(), "replay-turn, finalize-run and play-cell");
  }

  /** The tasks that invoke functions, also those within maps. */
  private static List<JsonNode> functionTasks(JsonNode definition) {
    List<JsonNode> tasks = new ArrayList<>();
    for (JsonNode state : definition.get("States")) {
      if (state.has("ItemProcessor")) {
        tasks.addAll(functionTasks(state.get("ItemProcessor")));
      } else if (state.at("/Arguments/FunctionName").isTextual()) {
        tasks.add(state);
      }
    }
    return tasks;
  }

  /** A number, or an expression that is one after the substitutions. */
  private static Duration timeout(JsonNode state, Map<String, String> substitutions) {
    String text = state.get("TimeoutSeconds").asText();
    for (Map.Entry<String, String> one : substitutions.entrySet()) {
      text = text.replace("${" + one.getKey() + "}", one.getValue());
    }
    return Duration.ofSeconds(Long.parseLong(text.replace("{%", "").replace("%}", "").strip()));
  }

  /** The model's time-out plus the time of the store calls before and after it. */
  @ParameterizedTest
  @MethodSource("modelTimeouts")
  void modelTimesOutBeforeItsTurn(int modelTimeout) {
    FunctionDefinition turn =
        plan(modelTimeout).functions().stream()
            .filter(function -> function.handler().endsWith("ReplayTurnHandler"))
            .findFirst()
            .orElseThrow();
    Settings settings = new Settings(turn.environment());
    assertEquals(Duration.ofSeconds(modelTimeout), settings.modelTimeout());
    assertShorter(
        settings.modelTimeout().plus(dynamoDb().multipliedBy(2)), turn.timeout(), turn.name());
    assertShorter(turn.timeout(), LAMBDA_MAXIMUM, turn.name());
  }

  /** The reaper must not end a run before all attempts of a turn at a silent model have ended. */
  @ParameterizedTest
  @MethodSource("modelTimeouts")
  void allAttemptsAtAModelEndBeforeTheReaperActs(int modelTimeout) {
    for (FunctionDefinition function : plan(modelTimeout).functions()) {
      Settings settings = new Settings(function.environment());
      assertShorter(settings.modelTimeout().multipliedBy(4), settings.grace(), function.name());
    }
  }

  @Test
  void allowsTheDocumentedModelTimeouts() {
    InvalidTemplate invalid = assertThrows(InvalidTemplate.class, () -> plan(61));
    assertTrue(
        invalid.getMessage().endsWith("\"61\" is not one of " + ModelTimeouts.VALUES),
        invalid::getMessage);
    assertEquals(
        Duration.ofSeconds(ModelTimeouts.DEFAULT_SECONDS),
        new Settings(plan.functions().getFirst().environment()).modelTimeout());
  }

  /** API Gateway waits so long for an authorizer; the limit cannot be changed. */
  private static final Duration AUTHORIZER_LIMIT = Duration.ofSeconds(10);

  /** A ticket takes two calls: it is used up, and its token is read. */
  @Test
  void callsOfTheAuthorizerTimeOutBeforeApiGatewayDoes() {
    FunctionDefinition authorizer =
        plan.functions().stream().filter(TimeoutsTest::isAuthorizer).findFirst().orElseThrow();
    assertShorter(authorizer.timeout(), AUTHORIZER_LIMIT, authorizer.name());
    try (DynamoDbClient client = AwsClients.dynamoDbForAuthorizer()) {
      Duration both = limit(client.serviceClientConfiguration()).multipliedBy(2);
      assertShorter(both, authorizer.timeout(), "DynamoDB");
    }
  }

  private static boolean isAuthorizer(FunctionDefinition function) {
    return function.handler().endsWith(".AuthorizeCallerHandler");
  }

  /**
   * A store call must time out before the function with the shortest time-out, but for the
   * authorizer, which has a separate client.
   */
  @Test
  void storeCallsTimeOutBeforeAnyFunction() {
    Duration function =
        plan.functions().stream()
            .filter(one -> !isAuthorizer(one))
            .map(FunctionDefinition::timeout)
            .sorted()
            .findFirst()
            .orElseThrow();
    assertShorter(dynamoDb(), function, "DynamoDB");
    try (S3Client client = AwsClients.s3()) {
      assertShorter(limit(client.serviceClientConfiguration()), function, "S3");
    }
    try (LambdaClient client = AwsClients.lambda()) {
      assertShorter(limit(client.serviceClientConfiguration()), function, "Lambda");
    }
    try (SfnClient client = AwsClients.stepFunctions()) {
      assertShorter(limit(client.serviceClientConfiguration()), function, "Step Functions");
    }
  }

  /** Finalizing writes the archive and reads it back. */
  @Test
  void archiveCallsTimeOutBeforeFinalizeRun() {
    String name = AcceptanceStack.shared().stack().resource("FinalizeRunFunction");
    try (S3Client client = AwsClients.s3ForLargeObjects()) {
      Duration both = limit(client.serviceClientConfiguration()).multipliedBy(2);
      assertShorter(both, functions().get(name), name);
    }
  }

  /** WebSocket routes have a shorter limit than the fan-outs of the same function. */
  @Test
  void storeCallsTimeOutBeforeAWebSocketRoute() {
    Duration route =
        plan.webSocketApi().orElseThrow().routes().values().stream()
            .map(one -> one.timeout())
            .sorted()
            .findFirst()
            .orElseThrow();
    assertShorter(dynamoDb(), route, "DynamoDB");
    try (ApiGatewayManagementApiClient client =
        AwsClients.connections(AcceptanceStack.shared().stack().httpUrl())) {
      assertShorter(limit(client.serviceClientConfiguration()), route, "the gateway");
    }
  }

  private static Duration dynamoDb() {
    try (DynamoDbClient client = AwsClients.dynamoDb()) {
      return limit(client.serviceClientConfiguration());
    }
  }

  private static Duration limit(AwsServiceClientConfiguration client) {
    return client.overrideConfiguration().apiCallTimeout().orElseThrow();
  }
}
