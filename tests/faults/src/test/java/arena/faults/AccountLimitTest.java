package arena.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.local.client.ArenaClient;
import arena.models.Behaviour;
import arena.models.ModelCall;
import arena.models.Reply;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * More runs with readers than the account has concurrent invocations: turns, fan-outs and requests
 * throttle each other, and every run completes.
 */
final class AccountLimitTest {
  /** The limit of a new AWS account. */
  private static final int CONCURRENCY = 10;

  /** Status of a request whose function is throttled. */
  private static final int THROTTLED = 503;

  private static final String THROTTLED_TASK = "Lambda.TooManyRequestsException";
  private static final String MODEL = "takes-time";
  private static final Duration ANSWER_TIME = Duration.ofMillis(300);
  private static final Duration RETRY_INTERVAL = Duration.ofMillis(200);
  private static final int RUNS = 20;
  private static final int TURNS = 2;
  private static final Duration BOUND = Duration.ofMinutes(3);

  @TempDir Path home;

  @Test
  void completesMoreRunsThanTheAccountHasInvocations() throws Exception {
    Map<String, String> settings =
        Map.of(
            "ARENA_CONCURRENCY",
            String.valueOf(CONCURRENCY),
            "ARENA_PARAMETERS",
            "RequestsPerSecond=10000 RequestBurst=5000 CreationsPerSecond=1000 CreationBurst=1000");
    try (ProcessStack stack = new ProcessStack(home, settings)) {
      stack.models().when(MODEL, AccountLimitTest::reply);
      Instant deadline = Instant.now().plus(BOUND);
      List<Future<?>> runs = new ArrayList<>();
      try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
        for (int i = 0; i < RUNS; i++) {
          runs.add(threads.submit(() -> playAndWatch(stack.client(), deadline)));
        }
        for (Future<?> run : runs) {
          run.get();
        }
      }
      assertThrottled();
    }
  }

  /** Takes the model's time, so that more turns are due than can be played at once. */
  private static Reply reply(ModelCall call) {
    LockSupport.parkNanos(ANSWER_TIME.toNanos());
    return Reply.text(Behaviour.ANSWER);
  }

  private static Void playAndWatch(ArenaClient client, Instant deadline) {
    String body =
        String.format(
            Locale.ROOT, "{\"n_turns\":%d,\"profile\":{\"model\":\"openai:%s\"}}", TURNS, MODEL);
    String runId =
        unthrottled(() -> client.post("/runs", body), deadline)
            .expect(202)
            .get("run_id")
            .textValue();
    try (ProtocolReader reader = ProtocolReader.of(client, runId)) {
      ProtocolReader.Watched watched =
          reader.awaitClosed(Duration.between(Instant.now(), deadline));
      assertEquals("complete", watched.status(), runId);
      JsonNode row = unthrottled(() -> client.get("/runs/" + runId), deadline).expect(200);
      assertEquals(row.get("n_events").intValue(), watched.events().size(), runId);
    }
    return null;
  }

  /** Repeats a request until it is not throttled. */
  private static ArenaClient.Answer unthrottled(
      Supplier<ArenaClient.Answer> request, Instant deadline) {
    ArenaClient.Answer answer = request.get();
    while (answer.status() == THROTTLED && Instant.now().isBefore(deadline)) {
      LockSupport.parkNanos(RETRY_INTERVAL.toNanos());
      answer = request.get();
    }
    return answer;
  }

  /** Otherwise the limit was not reached, and nothing was tested. */
  private void assertThrottled() throws IOException {
    int throttled = 0;
    try (Stream<Path> files = Files.walk(home)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        if (file.startsWith(home.resolve("states"))) {
          throttled += Files.readString(file).contains(THROTTLED_TASK) ? 1 : 0;
        }
      }
    }
    assertTrue(throttled > 0, "a turn was throttled");
  }
}
