package arena.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.local.gateway.HttpApiDefinition;
import arena.local.lambda.FunctionDefinition;
import arena.local.template.StackPlan;
import arena.local.template.StateMachineDefinition;
import arena.runtime.AwsClients;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
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
  private final StackPlan plan = AcceptanceStack.shared().stack().plan();

  private Map<String, Duration> functions() {
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

  @Test
  void functionTimesOutBeforeItsTask() throws Exception {
    Map<String, Duration> functions = functions();
    Set<String> called = new HashSet<>();
    for (StateMachineDefinition machine : plan.stateMachines()) {
      JsonNode definition =
          new ObjectMapper()
              .valueToTree(
                  new Yaml(new SafeConstructor(new LoaderOptions()))
                      .<Object>load(Files.readString(machine.definition())));
      for (JsonNode state : definition.get("States")) {
        if (!state.get("Type").textValue().equals("Task")) {
          continue;
        }
        String function = state.at("/Arguments/FunctionName").textValue();
        for (Map.Entry<String, String> one : machine.substitutions().entrySet()) {
          function = function.replace("${" + one.getKey() + "}", one.getValue());
        }
        assertTrue(functions.containsKey(function), function + " is a function");
        Duration task = Duration.ofSeconds(state.get("TimeoutSeconds").longValue());
        assertShorter(functions.get(function), task, state.path("Comment").asText());
        assertShorter(
            task, Duration.ofSeconds(definition.get("TimeoutSeconds").longValue()), "execution");
        called.add(function);
      }
    }
    assertEquals(2, called.size(), "replay-turn and finalize-run");
  }

  /** The model's time-out plus the time of the store calls before and after it. */
  @Test
  void modelTimesOutBeforeItsTurn() {
    FunctionDefinition turn =
        plan.functions().stream()
            .filter(function -> function.environment().containsKey("ARENA_MODEL_TIMEOUT_SECONDS"))
            .findFirst()
            .orElseThrow();
    long model = Long.parseLong(turn.environment().get("ARENA_MODEL_TIMEOUT_SECONDS"));

    assertShorter(Duration.ofSeconds(model).plus(dynamoDb()), turn.timeout(), turn.name());
  }

  /** A store call must time out before the function with the shortest time-out. */
  @Test
  void storeCallsTimeOutBeforeAnyFunction() {
    Duration function =
        plan.functions().stream()
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
