package arena.acceptance;

import arena.codec.Timestamps;
import arena.local.LocalStack;
import arena.local.Options;
import arena.local.client.ArenaClient;
import arena.local.lambda.Invocation;
import arena.models.ModelServer;
import arena.runtime.AwsClients;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Jedis;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** The local stack that the tests of this module share: started once, closed with the JVM. */
final class Stack {
  private static final JsonMapper MAPPER = JsonMapper.builder().build();
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static Stack shared;

  private final LocalStack stack;
  private final ArenaClient client;
  private final ModelServer models;

  private Stack() {
    models = ModelServer.start();
    stack =
        LocalStack.start(
            Options.of(Path.of("../.."))
                // a test asks for more in a second than an operator lets through
                .parameter("RequestsPerSecond", "10000")
                .parameter("RequestBurst", "5000")
                .parameter("CreationsPerSecond", "1000")
                .parameter("CreationBurst", "1000")
                .environment("ARENA_OPENAI_BASE_URL", models.openAiBaseUrl().toString())
                .environment("ARENA_OPENAI_API_KEY", "test-key"));
    client = new ArenaClient(stack.httpUrl(), stack.webSocketUrl());
  }

  static synchronized Stack shared() {
    if (shared == null) {
      shared = new Stack();
      Runtime.getRuntime().addShutdownHook(new Thread(shared.stack::close));
    }
    return shared;
  }

  LocalStack stack() {
    return stack;
  }

  ArenaClient client() {
    return client;
  }

  /** The models that the stack's runs can be played by. */
  ModelServer models() {
    return models;
  }

  /** The stack's tables. */
  DynamoDbClient tables() {
    return AwsClients.dynamoDb();
  }

  /** Waits until no run plays: whatever changes then is what a test changes. */
  void awaitQuiet() {
    Instant deadline = Instant.now().plus(PATIENCE);
    while (client.get("/metrics").expect(200).get("runs_open").longValue() > 0) {
      if (Instant.now().isAfter(deadline)) {
        throw new AssertionError("a run of another test does not end");
      }
    }
  }

  /** Waits until what was to be done in the background is done: the last fan-outs of a run. */
  void awaitBackground() {
    Instant deadline = Instant.now().plus(PATIENCE);
    while (stack.waitingEvents() > 0) {
      if (Instant.now().isAfter(deadline)) {
        throw new AssertionError("an event in the background is not handled");
      }
      Thread.onSpinWait();
    }
  }

  /**
   * Does this while Redis is killed; afterwards it is there again, with all that it had. It goes
   * when no fan-out is in the middle of its work: what that leaves has its own test.
   */
  void withoutRedis(Runnable test) {
    Instant deadline = Instant.now().plus(PATIENCE);
    try (Jedis redis = redis()) {
      while (!redis.keys("arena:run:*:lease").isEmpty()) {
        if (Instant.now().isAfter(deadline)) {
          throw new AssertionError("a fan-out does not end");
        }
      }
    }
    stack.killRedis();
    try {
      test.run();
    } finally {
      stack.restartRedis();
    }
  }

  /** Lets something have happened to a run when a test cannot have waited since. */
  void setTime(String runId, String attribute, Instant time) {
    set(runId, attribute, Timestamps.write(time));
  }

  /** Sets a text in a run's row in the catalog. */
  void set(String runId, String attribute, String text) {
    try (DynamoDbClient tables = tables()) {
      tables.updateItem(
          update ->
              update
                  .tableName(stack.resource("CatalogTable"))
                  .key(Map.of("run_id", AttributeValue.fromS(runId)))
                  .updateExpression("SET #attribute = :text")
                  .expressionAttributeNames(Map.of("#attribute", attribute))
                  .expressionAttributeValues(Map.of(":text", AttributeValue.fromS(text))));
    }
  }

  /**
   * Invokes a function that is not to fail.
   *
   * @return its answer
   */
  JsonNode invoke(String function, String event) {
    Invocation invocation = invocation(function, event);
    if (invocation.functionError().isPresent()) {
      throw new AssertionError(function + " failed on " + event + ": " + invocation.payload());
    }
    return json(invocation.payload());
  }

  /**
   * Invokes a function that is to fail.
   *
   * @return the name of its error
   */
  String error(String function, String event) {
    Invocation invocation = invocation(function, event);
    if (invocation.functionError().isEmpty()) {
      throw new AssertionError(function + " did not fail on " + event);
    }
    return json(invocation.payload()).get("errorType").textValue();
  }

  private Invocation invocation(String function, String event) {
    try {
      return stack.invoke(function, event);
    } catch (TimeoutException e) {
      throw new AssertionError(function + " does not answer", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  private static JsonNode json(String text) {
    try {
      return MAPPER.readTree(text);
    } catch (JsonProcessingException e) {
      throw new AssertionError("not JSON: " + text, e);
    }
  }

  Jedis redis() {
    return new Jedis(
        new HostAndPort("127.0.0.1", stack.redisPort()),
        DefaultJedisClientConfig.builder().password(stack.redisPassword()).build());
  }
}
