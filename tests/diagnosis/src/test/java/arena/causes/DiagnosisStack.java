package arena.causes;

import arena.local.LocalStack;
import arena.local.Options;
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

/** The local stack of this module: models have little time here. Closed with the JVM. */
final class DiagnosisStack {
  /** What one model call may take, in seconds. */
  static final int MODEL_SECONDS = 8;

  /** In the name of a model whose turns run in processes that can be killed. */
  static final String MORTAL = "mortal";

  static final String MODEL_KEY = "a-key-that-nobody-may-see";

  private static DiagnosisStack shared;

  private final ModelServer models;
  private final LocalStack stack;
  private final ArenaClient client;
  private final StalledRun patient;
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
                // a task that a test is going to lose has a process of its own
                .inProcess(
                    (function, event) ->
                        function.endsWith("replay-turn") && event.contains(MORTAL)));
    client = new ArenaClient(stack.httpUrl(), stack.webSocketUrl());
    patient = new StalledRun(client);
    operator = new Operator(stack);
    // what is asked first has all the classes to load, as no later call has
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

  StalledRun patient() {
    return patient;
  }

  /** The stack's tables. */
  DynamoDbClient tables() {
    return operator.tables();
  }

  /** Sets a text in a run's row. */
  void set(String runId, String attribute, String text) {
    operator.set(runId, attribute, text);
  }

  /** Lets a time in a run's row be long ago, as a test cannot wait for. */
  void setLongAgo(String runId, String attribute) {
    operator.setTime(runId, attribute, Instant.now().minus(Duration.ofMinutes(31)));
  }

  /**
   * Takes an entry out of a run's journal.
   *
   * @return the entry, to be put back
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

  /** Stops a run's execution, behind the arena's back. */
  void abortExecution(String runId) {
    try (SfnClient stepFunctions = AwsClients.stepFunctions()) {
      stepFunctions.stopExecution(stop -> stop.executionArn(executionArn(runId)));
    }
  }

  /** Invokes a function that is not to fail. */
  void invoke(String function, String event) {
    operator.call(function, event);
  }

  /** Ends a run that would go on for longer than its test. */
  void stop(String runId) {
    client.post("/runs/" + runId + "/stop", "").expect(202);
    client.awaitEnd(runId, Duration.ofSeconds(60));
  }

  /** Waits until no run plays, and nobody calls AWS any more. */
  void awaitQuiet() {
    Instant deadline = Instant.now().plus(Duration.ofSeconds(60));
    while (client.get("/metrics").expect(200).get("runs_open").longValue() > 0
        || !CountedCalls.noneFor(Duration.ofMillis(700))) {
      if (Instant.now().isAfter(deadline)) {
        throw new AssertionError("the runs of other tests do not end");
      }
    }
  }

  /** Lets the reaper come. */
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
