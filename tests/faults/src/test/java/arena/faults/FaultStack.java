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
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import redis.clients.jedis.Jedis;

/**
 * The local stack shared by the tests of this module, with a proxy in front of every service that
 * its functions call.
 *
 * <p>Tests that break a service for all runs hold the lock {@link #ALL} exclusively; tests that
 * break it for one run share the lock.
 */
final class FaultStack implements Stack {
  /** Name of the JUnit resource lock. */
  static final String ALL = "the whole stack";

  private static final Duration TIMEOUT = Duration.ofSeconds(60);

  /** Error types of an unavailable store. */
  private static final Pattern STORE_FAILED =
      Pattern.compile("\"errorType\":\"[\\w.]+Unavailable\"");

  private static FaultStack shared;

  private final ModelServer models = ModelServer.start();
  private final HttpProxy dynamoDb = new HttpProxy();
  private final HttpProxy s3 = new HttpProxy();
  private final HttpProxy lambdaAndStepFunctions = new HttpProxy();
  private final HttpProxy connections = new HttpProxy();
  private final RedisProxy redis = new RedisProxy();
  private final Set<IsolatedInvocation> isolated = ConcurrentHashMap.newKeySet();
  private final LocalStack stack;
  private final ArenaClient client;
  private final Operator operator;

  /**
   * Invocations of {@code function} whose event contains {@code eventText}; each runs in its own
   * process.
   */
  private record IsolatedInvocation(String function, String eventText) {}

  private FaultStack() {
    stack =
        LocalStack.start(
            Options.of(Path.of("../.."))
                .unthrottled()
                .environment("ARENA_OPENAI_BASE_URL", models.openAiBaseUrl().toString())
                .environment("ARENA_OPENAI_API_KEY", "test-key")
                .proxied(Options.Service.DYNAMODB, dynamoDb::inFrontOf)
                .proxied(Options.Service.S3, s3::inFrontOf)
                .proxied(
                    Options.Service.LAMBDA_AND_STEP_FUNCTIONS, lambdaAndStepFunctions::inFrontOf)
                .proxied(Options.Service.CONNECTIONS, connections::inFrontOf)
                .proxied(Options.Service.REDIS, redis::inFrontOf)
                .inProcess(this::isIsolated));
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

  /** Stops the stack and keeps its logs in {@code target/logs}. */
  private void close() {
    try (stack;
        Stream<Path> logs = Files.list(stack.logs())) {
      Path kept = Files.createDirectories(Path.of("..", "target", "logs"));
      for (Path log : logs.toList()) {
        Files.copy(log, kept.resolve(log.getFileName()), StandardCopyOption.REPLACE_EXISTING);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("failed to copy the logs", e);
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

  HttpProxy dynamoDb() {
    return dynamoDb;
  }

  HttpProxy s3() {
    return s3;
  }

  HttpProxy lambdaAndStepFunctions() {
    return lambdaAndStepFunctions;
  }

  /** The proxy in front of {@code @connections}. */
  HttpProxy connections() {
    return connections;
  }

  RedisProxy redisProxy() {
    return redis;
  }

  private boolean isIsolated(String function, String event) {
    return isolated.stream()
        .anyMatch(
            isolate ->
                function.endsWith(isolate.function()) && event.contains(isolate.eventText()));
  }

  /** Runs later invocations of this kind in their own process, for {@link #kill}. */
  void isolate(String function, String eventText) {
    isolated.add(new IsolatedInvocation(function, eventText));
  }

  /** Kills the process of the one isolated invocation; later invocations run as usual. */
  void kill(String function, String eventText) {
    assertEquals(1, killAll(function, eventText), "processes killed");
  }

  /**
   * Kills the processes of all isolated invocations and returns how many; later ones run as usual.
   */
  int killAll(String function, String eventText) {
    isolated.remove(new IsolatedInvocation(function, eventText));
    return stack.kill(function, event -> event.contains(eventText));
  }

  /**
   * Makes a call, kills the process of the isolated invocation that serves it once it reaches the
   * hold point, and returns the call's result.
   */
  <T> T killDuring(String function, String eventText, HoldPoint held, Supplier<T> call) {
    isolate(function, eventText);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      CompletableFuture<T> result = CompletableFuture.supplyAsync(call, threads);
      held.awaitReached(HoldPoint.TIMEOUT);
      kill(function, eventText);
      held.release();
      return result.join();
    }
  }

  /** Returns the ids of the newest runs whose rows have this value in this field. */
  List<String> runs(String field, String value) {
    List<String> runs = new ArrayList<>();
    for (JsonNode run : newestRuns()) {
      if (run.path(field).asText().equals(value)) {
        runs.add(run.get("run_id").textValue());
      }
    }
    return runs;
  }

  /** Lists the runs; repeats on 503 because the list also reads runs that other tests break. */
  private JsonNode newestRuns() {
    Instant deadline = Instant.now().plus(TIMEOUT);
    ArenaClient.Answer answer = client.get("/runs?limit=100");
    while (answer.status() == 503 && Instant.now().isBefore(deadline)) {
      answer = client.get("/runs?limit=100");
    }
    return answer.expect(200);
  }

  /**
   * Waits until no run is active and asserts that {@code /metrics} matches the runs in the catalog.
   */
  void assertCountersMatchRuns() {
    Instant deadline = Instant.now().plus(TIMEOUT);
    Total total = total();
    while (total.running() > 0) {
      if (Instant.now().isAfter(deadline)) {
        throw new AssertionError(total.running() + " runs have not ended");
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

  /** Sums over all runs. */
  private Total total() {
    long events = 0;
    long running = 0;
    for (String page = "/runs?limit=100"; !page.isEmpty(); ) {
      ArenaClient.Answer answer = client.get(page);
      for (JsonNode run : answer.expect(200)) {
        events += run.get("n_events").longValue();
        running += run.get("status").textValue().equals("running") ? 1 : 0;
      }
      page = answer.nextPage().orElse("");
    }
    return new Total(events, running);
  }

  /** The files of Redis, which may be changed while it is killed. */
  RedisFiles redisFiles() {
    return new RedisFiles(stack.home().resolve("redis"));
  }

  /** Opens a direct connection to Redis. */
  Jedis redis() {
    return operator.redis();
  }

  /** Ages a silent run past the grace period and invokes the reaper until the run is archived. */
  void endAbandoned(String runId) {
    Instant deadline = Instant.now().plus(TIMEOUT);
    while (row(runId).get("db_path").textValue().isEmpty()) {
      if (Instant.now().isAfter(deadline)) {
        throw new AssertionError("the reaper has not ended the run: " + row(runId));
      }
      if (row(runId).get("status").textValue().equals("running")) {
        age(runId);
        invokeReaper();
      }
    }
  }

  @Override
  public void reap(String runId) {
    Instant deadline = Instant.now().plus(TIMEOUT);
    Set<String> left = keys(runId);
    while (!left.isEmpty()) {
      if (Instant.now().isAfter(deadline)) {
        throw new AssertionError("the broker still has " + left);
      }
      // A fan-out that still holds its lease would write keys again after the reaper.
      if (!left.contains("arena:run:" + runId + ":lease")) {
        age(runId);
        invokeReaper();
      }
      left = keys(runId);
    }
  }

  /** The run's keys in the broker, except the fencing number, which expires a day after its use. */
  private Set<String> keys(String runId) {
    String prefix = "arena:run:" + runId + ":";
    try (Jedis operator = redis()) {
      Set<String> keys = new TreeSet<>(operator.keys(prefix + "*"));
      if (keys.remove(prefix + "fence")) {
        // written by a late reader or a late fan-out
        assertNotEquals(-1, operator.ttl(prefix + "fence"), "the fencing number expires");
      }
      return keys;
    }
  }

  /** Waits until the run is archived. */
  void awaitArchived(String runId) {
    Instant deadline = Instant.now().plus(TIMEOUT);
    while (row(runId).get("db_path").textValue().isEmpty()) {
      if (Instant.now().isAfter(deadline)) {
        throw new AssertionError("not archived: " + row(runId));
      }
    }
  }

  /** Waits until no fan-out holds the run's lease, and so none reads the run. */
  void awaitNoFanOut(String runId) {
    Instant deadline = Instant.now().plus(TIMEOUT);
    while (keys(runId).contains("arena:run:" + runId + ":lease")) {
      if (Instant.now().isAfter(deadline)) {
        throw new AssertionError("the fan-out has not ended");
      }
    }
  }

  /**
   * Invokes the reaper, past the grace period each time, until a run that a killed reaper failed is
   * archived.
   */
  void endAfterKilledReaper(String runId) {
    Instant deadline = Instant.now().plus(TIMEOUT);
    while (row(runId).get("db_path").textValue().isEmpty()) {
      if (Instant.now().isAfter(deadline)) {
        throw new AssertionError("the reaper has not ended the run: " + row(runId));
      }
      age(runId);
      invokeReaper();
    }
  }

  /** Invokes the reaper with a token in its event; returns whether it failed. */
  boolean reaperFails(String token) {
    String event =
        sample("reap-runs.json").replaceFirst("\"id\": \"[^\"]*\"", "\"id\": \"" + token + "\"");
    return operator.invoke("reap-runs", event).functionError().isPresent();
  }

  /** Moves the run's last activity past the grace period. */
  void age(String runId) {
    JsonNode row = row(runId);
    String attribute =
        row.path("status").asText().equals("running")
            ? row.path("last_ts").isTextual() ? "last_ts" : "created_at"
            : "ended_at";
    operator.setTime(runId, attribute, Instant.now().minus(31, ChronoUnit.MINUTES));
  }

  /**
   * Invokes the reaper once. It may fail when another test breaks a store for its own run; the
   * caller then invokes it again, as the schedule does when deployed.
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
