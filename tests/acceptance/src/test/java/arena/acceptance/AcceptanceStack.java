package arena.acceptance;

import arena.local.LocalStack;
import arena.local.Options;
import arena.local.client.ArenaClient;
import arena.local.client.Operator;
import arena.local.lambda.Invocation;
import arena.models.ModelServer;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import redis.clients.jedis.Jedis;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** The local stack that the tests of this module share: started once, closed with the JVM. */
final class AcceptanceStack {
  private static final JsonMapper MAPPER = JsonMapper.builder().build();
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static AcceptanceStack shared;

  private final LocalStack stack;
  private final ArenaClient client;
  private final ModelServer models;
  private final Operator operator;

  private AcceptanceStack() {
    models = ModelServer.start();
    stack =
        LocalStack.start(
            Options.of(Path.of("../.."))
                .unthrottled()
                .environment("ARENA_OPENAI_BASE_URL", models.openAiBaseUrl().toString())
                .environment("ARENA_OPENAI_API_KEY", "test-key"));
    client = new ArenaClient(stack.httpUrl(), stack.webSocketUrl());
    operator = new Operator(stack);
  }

  static synchronized AcceptanceStack shared() {
    if (shared == null) {
      shared = new AcceptanceStack();
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

  Operator operator() {
    return operator;
  }

  /** The stack's tables. */
  DynamoDbClient tables() {
    return operator.tables();
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
    operator.setTime(runId, attribute, time);
  }

  /** Sets a text in a run's row in the catalog. */
  void set(String runId, String attribute, String text) {
    operator.set(runId, attribute, text);
  }

  /**
   * Invokes a function that is not to fail.
   *
   * @return its answer
   */
  JsonNode invoke(String function, String event) {
    return json(operator.call(function, event));
  }

  /**
   * Invokes a function that is to fail.
   *
   * @return the name of its error
   */
  String error(String function, String event) {
    Invocation invocation = operator.invoke(function, event);
    if (invocation.functionError().isEmpty()) {
      throw new AssertionError(function + " did not fail on " + event);
    }
    return json(invocation.payload()).get("errorType").textValue();
  }

  private static JsonNode json(String text) {
    try {
      return MAPPER.readTree(text);
    } catch (JsonProcessingException e) {
      throw new AssertionError("not JSON: " + text, e);
    }
  }

  Jedis redis() {
    return operator.redis();
  }
}
