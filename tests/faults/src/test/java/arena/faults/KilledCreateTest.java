package arena.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.List;
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
      assertEquals(List.of(scenario.runId()), arena.runs("label", point.token()));
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
              List<String> runs = arena.runs("label", point.token());
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
    int status =
        arena
            .killDuring(
                FUNCTION, token, hold(point, token), () -> arena.client().send(request(token)))
            .status();
    assertTrue(status >= 500, "status " + status);
  }
}
