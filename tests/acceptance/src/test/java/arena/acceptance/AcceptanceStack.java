package arena.acceptance;

import arena.access.Role;
import arena.local.LocalStack;
import arena.local.Options;
import arena.local.client.ArenaClient;
import arena.local.client.Operator;
import arena.local.lambda.Invocation;
import arena.local.token.TokenTable;
import arena.models.ModelServer;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;
import redis.clients.jedis.Jedis;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** The local stack shared by the tests of this module: started once, closed with the JVM. */
final class AcceptanceStack {
  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  /** The key of the model server; its characters are escaped in most encodings. */
  static final String MODEL_KEY = "zQ4+/\"w%41k'Vb7Lm9x=TtRr5";

  private static final Duration BOUND = Duration.ofSeconds(60);
  private static final Duration POLL_INTERVAL = Duration.ofMillis(10);
  private static AcceptanceStack shared;

  /** Whether callers need tokens; the suite runs both ways. */
  private static final boolean AUTHORIZES = "on".equals(System.getProperty("arena.auth"));

  private final LocalStack stack;
  private static final int TOKENS = 16;

  private final List<Optional<String>> tokens;
  private final List<ArenaClient> clients;
  private final AtomicInteger next = new AtomicInteger();
  private final ArenaClient client;
  private final ModelServer models;
  private final Operator operator;

  /** Ids of runs that are finalized in a separate process. */
  private final Set<String> isolated = ConcurrentHashMap.newKeySet();

  private AcceptanceStack() {
    models = ModelServer.start();
    stack =
        LocalStack.start(
            Options.of(Path.of("../.."))
                .unthrottled()
                .authorization(AUTHORIZES)
                .modelService(models.bedrockEndpoint())
                .environment("ARENA_OPENAI_BASE_URL", models.openAiBaseUrl().toString())
                .environment("ARENA_OPENAI_API_KEY", MODEL_KEY)
                .environment("ARENA_ANTHROPIC_BASE_URL", models.anthropicBaseUrl().toString())
                .environment("ARENA_ANTHROPIC_API_KEY", MODEL_KEY)
                .inProcess(
                    (function, event) ->
                        function.endsWith("-finalize-run")
                            && isolated.stream().anyMatch(event::contains)));
    tokens =
        AUTHORIZES
            ? Stream.generate(() -> Optional.of(stack.createToken(Role.OPERATOR, "acceptance")))
                .limit(TOKENS)
                .toList()
            : List.of(Optional.empty());
    clients = tokens.stream().map(this::client).toList();
    client = clients.getFirst();
    operator = new Operator(stack);
  }

  /** A client with another token, or none. */
  ArenaClient client(Optional<String> token) {
    return new ArenaClient(stack.httpUrl(), stack.webSocketUrl(), token);
  }

  /** Revokes a token as {@code ./arena token revoke} does. */
  void revoke(String token) {
    try (TokenTable table = stack.tokens()) {
      String id = token.split("_", -1)[1];
      if (table.store().revoke(id, Instant.now()).isEmpty()) {
        throw new AssertionError("unknown token " + id);
      }
    }
  }

  /** Runs a test with callers that need tokens. */
  void withTokens(Runnable test) {
    stack.requireTokens(true);
    try {
      test.run();
    } finally {
      stack.requireTokens(AUTHORIZES);
    }
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

  /** A client with its own token, as far as there are; the calls of each are limited. */
  ArenaClient client() {
    return clients.get(Math.floorMod(next.getAndIncrement(), clients.size()));
  }

  /** The token of a client; empty if callers need none. */
  Optional<String> token() {
    return tokens.getFirst();
  }

  /** The model server that the stack's runs can call. */
  ModelServer models() {
    return models;
  }

  /** Finalizes this run in a process with the memory that the template gives finalize-run. */
  void isolate(String runId) {
    isolated.add(runId);
  }

  Operator operator() {
    return operator;
  }

  /** A client of the stack's DynamoDB tables. */
  DynamoDbClient tables() {
    return operator.tables();
  }

  /** Waits until no run is active, so that only the test changes state. */
  void awaitNoRuns() {
    awaitNoComparisons();
    await(
        () -> client.get("/metrics").expect(200).get("runs_open").longValue() == 0,
        "a run of another test has not ended");
  }

  /** Waits until no experiment or race starts runs. */
  void awaitNoComparisons() {
    await(() -> !comparisonsPlay(), "an experiment or a race of a test has not ended");
  }

  /** Waits until no key of Redis matches a pattern. */
  void awaitNoKeys(String pattern, String problem) {
    try (Jedis redis = redis()) {
      await(() -> redis.keys(pattern).isEmpty(), () -> problem + ": " + redis.keys(pattern));
    }
  }

  private static void await(BooleanSupplier condition, String problem) {
    await(condition, () -> problem);
  }

  private static void await(BooleanSupplier condition, Supplier<String> problem) {
    Instant deadline = Instant.now().plus(BOUND);
    while (!condition.getAsBoolean()) {
      if (Instant.now().isAfter(deadline)) {
        throw new AssertionError(problem.get());
      }
      LockSupport.parkNanos(POLL_INTERVAL.toNanos());
    }
  }

  /** Whether an experiment or a race starts runs. */
  private boolean comparisonsPlay() {
    return Stream.of("/experiments", "/races")
        .flatMap(path -> client.get(path).expect(200).valueStream())
        .map(comparison -> comparison.get("status").textValue())
        .anyMatch(List.of("waiting", "running")::contains);
  }

  /** Waits until all asynchronous invocations, such as the last fan-outs of a run, are done. */
  void awaitAsyncInvocations() {
    await(() -> stack.waitingEvents() == 0, "an asynchronous invocation has not ended");
  }

  /**
   * Kills Redis while {@code test} runs, then restarts it with its data. Waits first until no
   * fan-out holds a lease; fan-outs that lose Redis have their own test.
   */
  void withoutRedis(Runnable test) {
    awaitNoKeys("arena:run:*:lease", "a fan-out has not ended");
    stack.killRedis();
    try {
      test.run();
    } finally {
      stack.restartRedis();
    }
  }

  /** Sets a time in a run's row in the catalog. */
  void setTime(String runId, String attribute, Instant time) {
    operator.setTime(runId, attribute, time);
  }

  /** Sets a text in a run's row in the catalog. */
  void set(String runId, String attribute, String text) {
    operator.set(runId, attribute, text);
  }

  /**
   * Invokes a function that must succeed.
   *
   * @return its response
   */
  JsonNode invoke(String function, String event) {
    return json(operator.call(function, event));
  }

  /**
   * Invokes a function that must fail.
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
