package arena.benchmark;

import arena.archive.Archive;
import arena.archive.DuckDb;
import arena.archive.DuckDbArchive;
import arena.broker.Broker;
import arena.broker.RedisBroker;
import arena.broker.RedisConnection;
import arena.broker.RedisKeys;
import arena.broker.RedisSettings;
import arena.broker.RedisSubscribers;
import arena.broker.Subscribers;
import arena.catalog.Catalog;
import arena.catalog.DynamoCatalog;
import arena.journal.DynamoJournal;
import arena.journal.Journal;
import arena.local.LocalStack;
import arena.local.Options;
import arena.local.client.ArenaClient;
import arena.local.client.Operator;
import arena.local.lambda.FunctionDefinition;
import arena.local.lambda.Invocation;
import arena.metrics.Metrics;
import arena.models.Behaviour;
import arena.models.ModelServer;
import arena.run.RunId;
import arena.runtime.AwsClients;
import arena.stream.Connections;
import arena.stream.DynamoConnections;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import redis.clients.jedis.Jedis;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.sfn.SfnClient;
import software.amazon.awssdk.services.sfn.model.DescribeExecutionResponse;
import software.amazon.awssdk.services.sfn.model.ExecutionStatus;
import software.amazon.awssdk.services.sfn.model.HistoryEvent;

/**
 * A local stack for measurements, and the product's stores over the same servers, for direct calls.
 */
final class MeasuredStack implements AutoCloseable {
  /** Longest wait for a run's end. */
  private static final Duration RUN_LIMIT = Duration.ofSeconds(90);

  private static final int POLL_INTERVAL_MILLIS = 100;

  /** Events of a turn before the model is called. */
  private static final int EVENTS_BEFORE_MODEL = 3;

  private final Consumer<String> progress;
  private final ModelServer models;
  private final Set<String> isolated;
  private final LocalStack stack;
  private final ArenaClient client;
  private final Operator operator;
  private final DynamoDbClient dynamoDb;
  private final S3Client s3;
  private final SfnClient states;
  private final RedisConnection redis;
  private final Journal journal;
  private final Broker broker;
  private final Subscribers subscribers;
  private final Catalog catalog;
  private final Connections connections;
  private final Archive archive;

  /**
   * Starts a stack whose data is deleted when it is closed.
   *
   * @param progress receives progress messages, one line each
   */
  static MeasuredStack start(Consumer<String> progress) {
    ModelServer models = ModelServer.start();
    Set<String> isolated = ConcurrentHashMap.newKeySet();
    try {
      Options options =
          Options.of(Path.of(""))
              .unthrottled()
              .environment("ARENA_OPENAI_BASE_URL", models.openAiBaseUrl().toString())
              // WebSocket messages are counted by its log.
              .parameter("ApiGatewayLogsRole", "exists")
              .inProcess((_, event) -> isolated.stream().anyMatch(event::contains))
              .progress(progress);
      return new MeasuredStack(progress, models, isolated, LocalStack.start(options));
    } catch (RuntimeException e) {
      models.close();
      throw e;
    }
  }

  private MeasuredStack(
      Consumer<String> progress, ModelServer models, Set<String> isolated, LocalStack stack) {
    this.progress = progress;
    this.models = models;
    this.isolated = isolated;
    this.stack = stack;
    client = new ArenaClient(stack.httpUrl(), stack.webSocketUrl());
    operator = new Operator(stack);
    dynamoDb = AwsClients.dynamoDb();
    s3 = AwsClients.s3();
    states = SfnClient.builder().httpClientBuilder(UrlConnectionHttpClient.builder()).build();
    redis =
        new RedisConnection(
            new RedisSettings(
                stack.redisHost(), stack.redisPort(), false, Optional.of(stack.redisPassword())));
    broker = new RedisBroker(redis, RedisKeys.plain(), Metrics.NONE);
    subscribers = new RedisSubscribers(redis, RedisKeys.plain());
    catalog = new DynamoCatalog(dynamoDb, stack.resource("CatalogTable"));
    connections =
        new DynamoConnections(dynamoDb, stack.resource("ConnectionsTable"), Clock.systemUTC());
    String bucket = bucket();
    journal =
        new DynamoJournal(
            dynamoDb,
            () -> s3,
            stack.resource("JournalTable"),
            stack.resource("CatalogTable"),
            bucket,
            Clock.systemUTC(),
            Metrics.NONE);
    archive = new DuckDbArchive(s3, bucket, DuckDb::inTemporaryFolder, Metrics.NONE);
  }

  /** Prints a progress message. */
  void progress(String line) {
    progress.accept(line);
  }

  /** Sets the behaviour of the model {@code openai:<name>}. */
  void model(String name, Behaviour behaviour) {
    models.when(name, behaviour);
  }

  /** Client of the HTTP and WebSocket interfaces. */
  ArenaClient client() {
    return client;
  }

  /** Starts a run of this many turns, played by this model. */
  String startRun(int turns, String model) {
    return client.startRun(
        String.format(
            Locale.ROOT, "{\"n_turns\":%d,\"profile\":{\"model\":\"openai:%s\"}}", turns, model));
  }

  /** Lets the functions have only so many concurrent invocations until the result is run. */
  Runnable leaveConcurrency(int invocations) {
    return stack.leaveConcurrency(invocations);
  }

  /** Handles later invocations for a run in separate processes. */
  void isolate(RunId runId) {
    isolated.add(runId.value());
  }

  /**
   * Invokes a function.
   *
   * @throws IllegalStateException if it fails
   */
  void invoke(String function, String event) {
    try {
      Invocation answered = stack.invoke(function, event);
      if (answered.functionError().isPresent()) {
        throw new IllegalStateException(function + " failed: " + answered.payload());
      }
    } catch (TimeoutException e) {
      throw new IllegalStateException(function + " did not answer", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for " + function, e);
    }
  }

  /** The peak memory of a function's processes, in bytes; see {@link #isolate}. */
  OptionalLong peakBytes(String function) {
    return stack.peakBytes(function);
  }

  /** The memory that the template gives a function, in bytes. */
  long memoryBytes(String function) {
    return 1024L * 1024 * function(function).memoryMegabytes();
  }

  /** Returns a function by its name without the stack's. */
  FunctionDefinition function(String name) {
    return stack.plan().functions().stream()
        .filter(found -> found.name().endsWith("-" + name))
        .findFirst()
        .orElseThrow();
  }

  /** Environment variables with which a packaged function uses this stack. */
  Map<String, String> environment(String function) {
    return stack.environment(function);
  }

  /** Starts a run that stays open: its execution is stopped in the first turn. */
  String openRun() {
    String runId = startRun(10, "throttle");
    long deadline = System.nanoTime() + RUN_LIMIT.toNanos();
    while (journal.events(RunId.of(runId), 1, EVENTS_BEFORE_MODEL).size() < EVENTS_BEFORE_MODEL) {
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException("run %s has no events".formatted(runId));
      }
      pause();
    }
    states.stopExecution(request -> request.executionArn(execution(runId)));
    return runId;
  }

  /** URL of the HTTP API. */
  URI httpUrl() {
    return stack.httpUrl();
  }

  /** URL of the WebSocket API. */
  URI webSocketUrl() {
    return stack.webSocketUrl();
  }

  /** The product's journal. */
  Journal journal() {
    return journal;
  }

  /** The product's broker, over separate connections: one per thread that uses it. */
  Broker broker() {
    return broker;
  }

  /** The product's cursors of readers. */
  Subscribers subscribers() {
    return subscribers;
  }

  /** The product's catalog. */
  Catalog catalog() {
    return catalog;
  }

  /** The product's WebSocket connections. */
  Connections connections() {
    return connections;
  }

  /** The DynamoDB client. */
  DynamoDbClient dynamoDb() {
    return dynamoDb;
  }

  /** Physical name of a resource of the template. */
  String resource(String logicalId) {
    return stack.resource(logicalId);
  }

  /** Invokes the reaper and returns its response. */
  String reap() {
    return operator.call("reap-runs", "{}");
  }

  /** Folder of the stack's logs. */
  Path logs() {
    return stack.logs();
  }

  /** The types of the events in the history of a run's execution. */
  List<String> history(String runId) {
    return states
        .getExecutionHistoryPaginator(history -> history.executionArn(execution(runId)))
        .events()
        .stream()
        .map(HistoryEvent::typeAsString)
        .toList();
  }

  private String execution(String runId) {
    return stack.resource("ReplayStateMachine").replace(":stateMachine:", ":execution:")
        + ":"
        + runId;
  }

  /** The product's archive. */
  Archive archive() {
    return archive;
  }

  /** Name of the archives' bucket. */
  String bucket() {
    return stack.resource("Bucket");
  }

  /** The S3 client. */
  S3Client s3() {
    return s3;
  }

  /** Port of Redis on loopback. */
  int redisPort() {
    return stack.redisPort();
  }

  /** Kills Redis as a crash would, and restarts it with its data on disk. */
  void restartRedis() {
    stack.killRedis();
    stack.restartRedis();
  }

  /** A connection to Redis. */
  Jedis redis() {
    return operator.redis();
  }

  /**
   * Waits until a run has ended. Polls the execution, which hardly loads the stack, unlike a
   * subscriber or a read of the run.
   *
   * @throws IllegalStateException if the run does not complete within 90 s
   */
  void awaitEnd(String runId) {
    String execution = execution(runId);
    long deadline = System.nanoTime() + RUN_LIMIT.toNanos();
    while (System.nanoTime() < deadline) {
      DescribeExecutionResponse found =
          states.describeExecution(request -> request.executionArn(execution));
      if (found.status() == ExecutionStatus.SUCCEEDED) {
        return;
      }
      if (found.status() != ExecutionStatus.RUNNING) {
        throw new IllegalStateException(
            "run %s ended as %s: %s".formatted(runId, found.statusAsString(), found.cause()));
      }
      pause();
    }
    throw new IllegalStateException("run %s did not end within %s".formatted(runId, RUN_LIMIT));
  }

  /** Waits before another look, 100 ms. */
  static void pause() {
    try {
      TimeUnit.MILLISECONDS.sleep(POLL_INTERVAL_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting", e);
    }
  }

  @Override
  public void close() {
    client.close();
    redis.close();
    states.close();
    s3.close();
    dynamoDb.close();
    stack.close();
    models.close();
  }
}
