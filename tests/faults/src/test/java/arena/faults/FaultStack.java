package arena.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import arena.local.LocalStack;
import arena.local.Options;
import arena.local.client.ArenaClient;
import arena.local.client.Operator;
import arena.local.lambda.Invocation;
import arena.models.ModelServer;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import redis.clients.jedis.Jedis;

/**
 * The local stack that the tests of this module share, with a proxy in front of everything that its
 * functions call. Tests that break something for all take the lock {@link #ALL} for themselves;
 * those that break something for one run alone share it.
 */
final class FaultStack implements Stack {
  /** Name of the lock. */
  static final String ALL = "the whole stack";

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** What the stores' failures are named. */
  private static final Pattern STORE_FAILED =
      Pattern.compile("\"errorType\":\"[\\w.]+Unavailable\"");

  private static FaultStack shared;

  private final ModelServer models = ModelServer.start();
  private final HttpProxy dynamoDb = new HttpProxy();
  private final HttpProxy s3 = new HttpProxy();
  private final HttpProxy lambdaAndStepFunctions = new HttpProxy();
  private final HttpProxy connections = new HttpProxy();
  private final RedisProxy redis = new RedisProxy();
  private final Set<Doom> doomed = ConcurrentHashMap.newKeySet();
  private final LocalStack stack;
  private final ArenaClient client;
  private final Operator operator;

  /** Invocations of this function with this in their event run in processes that can be killed. */
  private record Doom(String function, String inEvent) {}

  private FaultStack() {
    stack =
        LocalStack.start(
            Options.of(Path.of("../.."))
                .unthrottled()
                .environment("ARENA_OPENAI_BASE_URL", models.openAiBaseUrl().toString())
                .environment("ARENA_OPENAI_API_KEY", "test-key")
                .inFrontOf(Options.Service.DYNAMODB, dynamoDb::inFrontOf)
                .inFrontOf(Options.Service.S3, s3::inFrontOf)
                .inFrontOf(
                    Options.Service.LAMBDA_AND_STEP_FUNCTIONS, lambdaAndStepFunctions::inFrontOf)
                .inFrontOf(Options.Service.CONNECTIONS, connections::inFrontOf)
                .inFrontOf(Options.Service.REDIS, redis::inFrontOf)
                .inProcess(this::isDoomed));
    client = new ArenaClient(stack.httpUrl(), stack.webSocketUrl());
    operator = new Operator(stack);
  }

  static synchronized FaultStack shared() {
    if (shared == null) {
      shared = new FaultStack();
      Runtime.getRuntime().addShutdownHook(new Thread(shared::close));
    }
    return shared;
  }

  /** Ends the stack; its logs stay, for whoever wants to know why. */
  private void close() {
    try (stack;
        Stream<Path> logs = Files.list(stack.logs())) {
      Path kept = Files.createDirectories(Path.of("..", "target", "logs"));
      for (Path log : logs.toList()) {
        Files.copy(log, kept.resolve(log.getFileName()), StandardCopyOption.REPLACE_EXISTING);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the logs are not kept", e);
    }
  }

  LocalStack stack() {
    return stack;
  }

  @Override
  public ArenaClient client() {
    return client;
  }

  @Override
  public ModelServer models() {
    return models;
  }

  /** In front of DynamoDB. */
  HttpProxy dynamoDb() {
    return dynamoDb;
  }

  /** In front of S3. */
  HttpProxy s3() {
    return s3;
  }

  /** In front of Lambda and Step Functions. */
  HttpProxy lambdaAndStepFunctions() {
    return lambdaAndStepFunctions;
  }

  /** In front of {@code @connections}. */
  HttpProxy connections() {
    return connections;
  }

  /** In front of Redis. */
  RedisProxy redisProxy() {
    return redis;
  }

  private boolean isDoomed(String function, String event) {
    return doomed.stream()
        .anyMatch(doom -> function.endsWith(doom.function()) && event.contains(doom.inEvent()));
  }

  /** From now on such invocations run in a process, for {@link #kill}. */
  void doom(String function, String inEvent) {
    doomed.add(new Doom(function, inEvent));
  }

  /** Kills the process of the doomed invocation; those that come after it live. */
  void kill(String function, String inEvent) {
    assertEquals(1, killAll(function, inEvent), "processes killed");
  }

  /** Kills the processes of all doomed invocations; those that come after them live. */
  int killAll(String function, String inEvent) {
    doomed.remove(new Doom(function, inEvent));
    return stack.kill(function, event -> event.contains(inEvent));
  }

  /**
   * Waits until nothing plays, and then sees that {@code /metrics} tells the truth of events and
   * runs, whatever was lost and written again.
   */
  void assertCountersTrue() {
    Instant deadline = Instant.now().plus(PATIENCE);
    Total total = total();
    while (total.running() > 0) {
      if (Instant.now().isAfter(deadline)) {
        throw new AssertionError(total.running() + " runs do not end");
      }
      total = total();
    }
    JsonNode metrics = client.get("/metrics").expect(200);
    assertEquals(0, metrics.get("runs_open").longValue(), "runs_open");
    assertEquals(
        total.events(),
        metrics.get("events_published").longValue(),
        "events_published counts each event once");
  }

  private record Total(long events, long running) {}

  /** Of all runs. */
  private Total total() {
    long events = 0;
    long running = 0;
    for (String page = "/runs?limit=100"; !page.isEmpty(); ) {
      ArenaClient.Answer answer = client.get(page);
      for (JsonNode run : answer.expect(200)) {
        events += run.get("n_events").longValue();
        running += run.get("status").textValue().equals("running") ? 1 : 0;
      }
      page =
          answer
              .response()
              .headers()
              .firstValue("link")
              .map(link -> link.substring(link.indexOf('<') + 1, link.indexOf('>')))
              .orElse("");
    }
    return new Total(events, running);
  }

  /** Deletes what a killed Redis kept on disk. */
  void loseRedis() {
    try (Stream<Path> kept = Files.walk(stack.home().resolve("redis"))) {
      for (Path file :
          kept.filter(file -> file.getFileName().toString().contains(".aof")).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Redis keeps what it has", e);
    }
  }

  /** How many keys Redis has. */
  long keys() {
    try (Jedis operator = redis()) {
      return operator.dbSize();
    }
  }

  /** Speaks to Redis itself, as an operator does. */
  Jedis redis() {
    return operator.redis();
  }

  /** Lets the grace of a run be over, and has it reaped until it has ended and is archived. */
  void abandon(String runId) {
    Instant deadline = Instant.now().plus(PATIENCE);
    while (row(runId).get("db_path").textValue().isEmpty()) {
      if (Instant.now().isAfter(deadline)) {
        throw new AssertionError("the reaper does not end the run: " + row(runId));
      }
      if (row(runId).get("status").textValue().equals("running")) {
        age(runId);
        invokeReaper();
      }
    }
  }

  @Override
  public void reap(String runId) {
    Instant deadline = Instant.now().plus(PATIENCE);
    Set<String> left = keys(runId);
    while (!left.isEmpty()) {
      if (Instant.now().isAfter(deadline)) {
        throw new AssertionError("the broker still has " + left);
      }
      // No fan-out takes half an hour: one that is still at work would leave keys of its own.
      if (!left.contains("arena:run:" + runId + ":lease")) {
        age(runId);
        invokeReaper();
      }
      left = keys(runId);
    }
  }

  /** What the broker holds of a run, but for the number that goes by itself a day after its use. */
  private Set<String> keys(String runId) {
    String prefix = "arena:run:" + runId + ":";
    try (Jedis operator = redis()) {
      Set<String> keys = new TreeSet<>(operator.keys(prefix + "*"));
      if (keys.remove(prefix + "fence")) {
        // a reader who came late, or a fan-out that was woken late, has used it
        assertNotEquals(-1, operator.ttl(prefix + "fence"), "it goes by itself");
      }
      return keys;
    }
  }

  /** Lets the last sign of a run's life be older than the grace, which no test can wait for. */
  private void age(String runId) {
    JsonNode row = row(runId);
    String attribute =
        row.path("status").asText().equals("running")
            ? row.path("last_ts").isTextual() ? "last_ts" : "created_at"
            : "ended_at";
    operator.setTime(runId, attribute, Instant.now().minus(31, ChronoUnit.MINUTES));
  }

  /**
   * Has the reaper look once. It may fail because a store does, for another run, which is broken
   * meanwhile: in the cloud it comes again a minute later, and here when its caller asks again.
   */
  private void invokeReaper() {
    Invocation invocation = operator.invoke("reap-runs", sample("reap-runs.json"));
    boolean failed = invocation.functionError().isPresent();
    if (failed && !STORE_FAILED.matcher(invocation.payload()).find()) {
      throw new AssertionError("reap-runs failed: " + invocation.payload());
    }
  }

  private static String sample(String name) {
    try {
      return Files.readString(Path.of("../..", "events", name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
