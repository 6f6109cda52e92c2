package arena.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.local.client.ArenaClient;
import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.parallel.ResourceAccessMode;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Kills the process that creates a run, between its steps. A retry with the same idempotency key
 * returns the run; without a retry, the reaper ends a run that never starts.
 */
@ResourceLock(value = FaultStack.ALL, mode = ResourceAccessMode.READ)
final class KilledCreateTest {
  private static final Duration BOUND = Duration.ofSeconds(60);
  private static final String FUNCTION = "create-run";

  private final FaultStack arena = FaultStack.shared();

  private HoldPoint hold(Fault point, String token) {
    return switch (point) {
      case CREATE_AFTER_WRITE, CREATE_RETRIED_AFTER_WRITE ->
          arena.dynamoDb().hold(call -> call.is("TransactWriteItems", token), 0, true);
      case CREATE_AFTER_OPEN, CREATE_RETRIED_AFTER_OPEN ->
          arena.redisProxy().hold(call -> call.is("open", token), 0, true);
      case CREATE_BEFORE_START, CREATE_RETRIED_BEFORE_START ->
          arena.lambdaAndStepFunctions().hold(call -> call.is("StartExecution", token), 0, false);
      case CREATE_AFTER_START, CREATE_RETRIED_AFTER_START ->
          arena.lambdaAndStepFunctions().hold(call -> call.is("StartExecution", token), 0, true);
      default -> throw new IllegalArgumentException("not a fault of " + FUNCTION + ": " + point);
    };
  }

  static Stream<Fault> retried() {
    return Fault.selected(
        Fault.CREATE_RETRIED_AFTER_WRITE,
        Fault.CREATE_RETRIED_AFTER_OPEN,
        Fault.CREATE_RETRIED_BEFORE_START,
        Fault.CREATE_RETRIED_AFTER_START);
  }

  @ParameterizedTest
  @MethodSource("retried")
  void createsTheRunOnceOnRetry(Fault point) {
    try (FaultScenario scenario =
        FaultScenario.start(
            arena,
            point.token(),
            () -> {
              killDuringCreation(point);
              return arena
                  .client()
                  .send(request(point.token()))
                  .expect(202)
                  .get("run_id")
                  .textValue();
            })) {
      assertEquals(List.of(scenario.runId()), runs(point.token()));
      scenario.resume();
      Matrix.record(point, scenario.awaitComplete(BOUND));
    }
  }

  static Stream<Fault> notRetried() {
    return Fault.selected(
        Fault.CREATE_AFTER_WRITE,
        Fault.CREATE_AFTER_OPEN,
        Fault.CREATE_BEFORE_START,
        Fault.CREATE_AFTER_START);
  }

  @ParameterizedTest
  @MethodSource("notRetried")
  void endsTheRunWithoutRetry(Fault point) {
    try (FaultScenario scenario =
        FaultScenario.start(
            arena,
            point.token(),
            () -> {
              killDuringCreation(point);
              List<String> runs = runs(point.token());
              assertEquals(1, runs.size());
              return runs.getFirst();
            })) {
      scenario.resume();
      if (point == Fault.CREATE_AFTER_START) {
        Matrix.record(point, scenario.awaitComplete(BOUND));
        return;
      }
      arena.endAbandoned(scenario.runId());
      Outcome outcome = scenario.awaitEnd(BOUND);
      assertEquals("failed: NotStarted", outcome.end());
      assertEquals(List.of(), arena.events(scenario.runId()));
      Matrix.record(point, outcome);
    }
  }

  private HttpRequest.Builder request(String token) {
    return arena
        .client()
        .request("/runs")
        .header("content-type", "application/json")
        .header("idempotency-key", token)
        .POST(HttpRequest.BodyPublishers.ofString(FaultScenario.runRequest(token)));
  }

  /** Requests the run and kills the process that creates it. */
  private void killDuringCreation(Fault point) {
    String token = point.token();
    HoldPoint held = hold(point, token);
    arena.isolate(FUNCTION, token);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      CompletableFuture<ArenaClient.Answer> answer =
          CompletableFuture.supplyAsync(() -> arena.client().send(request(token)), threads);
      held.awaitReached(HoldPoint.TIMEOUT);
      arena.kill(FUNCTION, token);
      held.release();
      int status = answer.join().status();
      assertTrue(status >= 500, "status " + status);
    }
  }

  /** Returns the runs with this label. */
  private List<String> runs(String label) {
    List<String> runs = new ArrayList<>();
    for (JsonNode run : newestRuns()) {
      if (run.path("label").asText().equals(label)) {
        runs.add(run.get("run_id").textValue());
      }
    }
    return runs;
  }

  /** Lists the runs; repeats on 503 because the list also reads runs that other tests break. */
  private JsonNode newestRuns() {
    Instant deadline = Instant.now().plus(BOUND);
    ArenaClient.Answer answer = arena.client().get("/runs?limit=100");
    while (answer.status() == 503 && Instant.now().isBefore(deadline)) {
      answer = arena.client().get("/runs?limit=100");
    }
    return answer.expect(200);
  }
}
