package arena.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.local.client.ArenaClient;
import arena.local.client.LiveReader;
import arena.local.clock.SystemStackClock;
import arena.local.lambda.FunctionDefinition;
import arena.local.lambda.FunctionHost;
import arena.local.lambda.Invocation;
import arena.runtime.AwsClients;
import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import redis.clients.jedis.Jedis;
import software.amazon.awssdk.services.cloudwatchlogs.CloudWatchLogsClient;

/**
 * The log lines of the situations that the runbook covers, read with the CloudWatch Logs client.
 * Produced once for all tests.
 */
final class LoggedLines {
  private static final Duration BOUND = Duration.ofSeconds(60);
  private static LoggedLines shared;

  private final AcceptanceStack stack = AcceptanceStack.shared();
  private final ArenaClient arena = stack.client();
  private final Instant begin = Instant.now();
  private final List<LogQuery.Line> lines = new ArrayList<>();

  /** Run ids by situation. */
  private final Map<String, String> runs = new LinkedHashMap<>();

  private LoggedLines() throws Exception {
    complete();
    refused();
    dropped();
    brokerUnavailable();
    abandoned();
    for (String function : functions()) {
      read(function);
    }
    timedOut();
  }

  static synchronized LoggedLines shared() throws Exception {
    if (shared == null) {
      shared = new LoggedLines();
    }
    return shared;
  }

  /** Every line of all functions. */
  List<LogQuery.Line> all() {
    return lines;
  }

  /** Ids of all runs. */
  List<String> runs() {
    return List.copyOf(runs.values());
  }

  /** Id of the run of a situation. */
  String run(String situation) {
    return runs.get(situation);
  }

  /** Function names without the stack's prefix. */
  List<String> functions() {
    return stack.stack().plan().functions().stream()
        .map(function -> function.name().replaceFirst("^arena-", ""))
        .sorted()
        .toList();
  }

  private void complete() {
    String parent = arena.startRun("{\"n_turns\":3}");
    try (LiveReader reader = arena.live()) {
      reader.subscribe(parent, 1);
      assertEquals("complete", reader.untilClosed(parent, BOUND, _ -> {}).status());
    }
    runs.put("complete", parent);
    String child =
        arena
            .post(
                "/forks",
                "{\"parent_run_id\":\"%s\",\"parent_t\":1,\"n_turns\":1}".formatted(parent))
            .expect(202)
            .get("child_run_id")
            .textValue();
    arena.awaitEnd(child, BOUND);
    runs.put("fork", child);
  }

  private void refused() {
    String run = arena.startRun("{\"n_turns\":1,\"profile\":{\"model\":\"openai:refuse\"}}");
    assertEquals("failed", arena.awaitEnd(run, BOUND).get("status").textValue());
    runs.put("refused", run);
  }

  private void dropped() {
    try (LiveRun run = LiveRun.start();
        LiveReader reader = arena.live();
        Jedis redis = stack.redis()) {
      run.playUntilDropped(redis, LiveRun.EVENTS_BEFORE_MODEL);
      reader.subscribe(run.id(), 1);
      assertEquals("overflow", reader.nextJson(BOUND).get("type").textValue());
      runs.put("dropped", run.id());
    }
  }

  private void brokerUnavailable() {
    try (LiveRun run = LiveRun.start()) {
      runs.put("broker unavailable", run.id());
      stack.withoutRedis(
          () -> {
            run.play();
            arena.startRun("{\"n_turns\":1}");
          });
    }
  }

  private void abandoned() {
    try (LiveRun run = LiveRun.start();
        LiveRun other = LiveRun.start();
        Jedis redis = stack.redis()) {
      redis.zadd(other.key("subscribers"), 1, "unknown="); // a cursor without a connection
      stack.setTime(run.id(), "last_ts", Instant.now().minus(Duration.ofDays(1)));
      stack.invoke("reap-runs", Samples.read("reap-runs.json"));
      assertEquals("failed", arena.awaitEnd(run.id(), BOUND).get("status").textValue());
      runs.put("abandoned", run.id());
    }
  }

  private void read(String function) {
    try (CloudWatchLogsClient client = AwsClients.logs()) {
      String group = "/aws/lambda/arena-" + function;
      client
          .filterLogEventsPaginator(
              request -> request.logGroupName(group).startTime(begin.toEpochMilli()))
          .events()
          .forEach(
              event -> lines.add(new LogQuery.Line(event.timestamp(), group, event.message())));
    }
  }

  /** A function that never returns. */
  public static final class Hanging implements RequestHandler<Map<String, String>, Void> {
    public Hanging(Map<String, String> environment) {}

    @Override
    public Void handleRequest(Map<String, String> event, Context context) {
      try {
        new CountDownLatch(1).await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      return null;
    }
  }

  /** Adds the lines of a function that times out, from its own host with a short time-out. */
  private void timedOut() throws Exception {
    Path folder = Files.createTempDirectory("arena-lines-");
    try (SystemStackClock clock = new SystemStackClock();
        FunctionHost host =
            new FunctionHost(
                List.of(
                    new FunctionDefinition(
                        "arena-replay-turn",
                        Hanging.class.getName(),
                        folder,
                        Map.of(),
                        Duration.ofMillis(200),
                        512,
                        512,
                        FunctionDefinition.Background.DEFAULT)),
                folder,
                clock,
                1)) {
      Invocation invocation = host.invoke("arena-replay-turn", "{}", BOUND);
      assertTrue(invocation.payload().contains("Sandbox.Timedout"), invocation.payload());
      Path log = host.log("arena-replay-turn");
      for (String line : Files.readAllLines(log)) {
        lines.add(
            new LogQuery.Line(Instant.now().toEpochMilli(), "/aws/lambda/arena-replay-turn", line));
      }
      Files.delete(log);
    }
    Files.delete(folder);
  }
}
