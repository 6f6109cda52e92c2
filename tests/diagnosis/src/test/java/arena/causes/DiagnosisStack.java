package arena.causes;

import arena.local.LocalStack;
import arena.local.Options;
import arena.local.calls.CallCounter;
import arena.local.client.ArenaClient;
import arena.local.client.Operator;
import arena.models.ModelServer;
import arena.runtime.AwsClients;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import redis.clients.jedis.Jedis;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ReturnValue;
import software.amazon.awssdk.services.sfn.SfnClient;

/** The local stack of these tests, with a short model time-out. Closed with the JVM. */
final class DiagnosisStack {
  /** Time-out of one model call, in seconds. */
  static final int MODEL_SECONDS = 8;

  /**
   * Substring of the names of models whose turns run in separate processes, which can be killed.
   */
  static final String ISOLATED_MODEL = "isolated";

  static final String MODEL_KEY = "secret-model-key";

  private static DiagnosisStack shared;

  private final ModelServer models;
  private final LocalStack stack;
  private final ArenaClient client;
  private final DiagnosisClient diagnoses;
  private final Operator operator;

  private DiagnosisStack() {
    models = ModelServer.start();
    stack =
        LocalStack.start(
            Options.of(Path.of("../.."))
                .unthrottled()
                .environment("ARENA_MODEL_TIMEOUT_SECONDS", String.valueOf(MODEL_SECONDS))
                .environment("ARENA_OPENAI_BASE_URL", models.openAiBaseUrl().toString())
                .environment("ARENA_OPENAI_API_KEY", MODEL_KEY)
                // separate processes for tasks that a test kills
                .inProcess(
                    (function, event) ->
                        function.endsWith("replay-turn") && event.contains(ISOLATED_MODEL)));
    client = new ArenaClient(stack.httpUrl(), stack.webSocketUrl());
    diagnoses = new DiagnosisClient(client);
    operator = new Operator(stack);
    // warms up: the first calls load all classes
    String first = client.startRun("{\"n_turns\":1}");
    client.awaitEnd(first, Duration.ofSeconds(60));
    client.get("/runs/" + first + "/diagnosis").expect(200);
    client.get("/replays").expect(200);
  }

  static synchronized DiagnosisStack shared() {
    if (shared == null) {
      shared = new DiagnosisStack();
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

  ModelServer models() {
    return models;
  }

  Operator operator() {
    return operator;
  }

  DiagnosisClient diagnoses() {
    return diagnoses;
  }

  /** A client of the stack's DynamoDB tables. */
  DynamoDbClient tables() {
    return operator.tables();
  }

  /** Sets an attribute of a run's row. */
  void set(String runId, String attribute, String text) {
    operator.set(runId, attribute, text);
  }

  /** Moves a time in a run's row past the grace period. */
  void setToBeforeGracePeriod(String runId, String attribute) {
    operator.setTime(runId, attribute, Instant.now().minus(Duration.ofMinutes(31)));
  }

  /**
   * Deletes an entry of a run's journal.
   *
   * @return the entry, for {@link #putEntry}
   */
  Map<String, AttributeValue> takeEntry(String runId, long position) {
    Map<String, AttributeValue> key =
        Map.of(
            "run_id", AttributeValue.fromS(runId),
            "position", AttributeValue.fromN(String.valueOf(position)));
    try (DynamoDbClient tables = tables()) {
      return tables
          .deleteItem(
              delete ->
                  delete
                      .tableName(stack.resource("JournalTable"))
                      .key(key)
                      .returnValues(ReturnValue.ALL_OLD))
          .attributes();
    }
  }

  void putEntry(Map<String, AttributeValue> entry) {
    try (DynamoDbClient tables = tables()) {
      tables.putItem(put -> put.tableName(stack.resource("JournalTable")).item(entry));
    }
  }

  String executionArn(String runId) {
    return stack.resource("ReplayStateMachine").replace(":stateMachine:", ":execution:")
        + ":"
        + runId;
  }

  /** Stops a run's execution directly in Step Functions. */
  void abortExecution(String runId) {
    try (SfnClient stepFunctions = AwsClients.stepFunctions()) {
      stepFunctions.stopExecution(stop -> stop.executionArn(executionArn(runId)));
    }
  }

  /** Invokes a function that must succeed. */
  void invoke(String function, String event) {
    operator.call(function, event);
  }

  /** Stops a run and waits for its end. */
  void stop(String runId) {
    client.post("/runs/" + runId + "/stop", "").expect(202);
    client.awaitEnd(runId, Duration.ofSeconds(60));
  }

  /** Waits until no run is active and no AWS call is made. */
  void awaitIdle() {
    Instant deadline = Instant.now().plus(Duration.ofSeconds(60));
    while (client.get("/metrics").expect(200).get("runs_open").longValue() > 0
        || !CallCounter.noneFor(Duration.ofMillis(700))) {
      if (Instant.now().isAfter(deadline)) {
        throw new AssertionError("the runs of other tests have not ended");
      }
    }
  }

  /** Invokes the reaper. */
  void reap() {
    try {
      invoke("reap-runs", Files.readString(Path.of("..", "..", "events", "reap-runs.json")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Jedis redis() {
    return operator.redis();
  }
}
