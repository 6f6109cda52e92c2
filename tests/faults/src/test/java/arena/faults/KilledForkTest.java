package arena.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.parallel.ResourceAccessMode;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Kills the process that creates a fork, between its steps. A retry with the same idempotency key
 * returns the fork; without a retry, the reaper ends a fork that never starts.
 */
@ResourceLock(value = FaultStack.ALL, mode = ResourceAccessMode.READ)
final class KilledForkTest {
  private static final Duration BOUND = Duration.ofSeconds(60);
  private static final String FUNCTION = "create-fork";

  /** Events of a fork before its first turn: fork, world_mutation. */
  private static final int BEFORE = 2;

  private final FaultStack arena = FaultStack.shared();

  private HoldPoint hold(Fault point, String token) {
    return switch (point) {
      case FORK_AFTER_WRITE, FORK_RETRIED_AFTER_WRITE ->
          arena.dynamoDb().hold(call -> call.is("TransactWriteItems", token), 0, true);
      case FORK_AFTER_OPEN, FORK_RETRIED_AFTER_OPEN ->
          arena.redisProxy().hold(call -> call.is("open", token), 0, true);
      case FORK_BEFORE_START, FORK_RETRIED_BEFORE_START ->
          arena.lambdaAndStepFunctions().hold(call -> call.is("StartExecution", token), 0, false);
      case FORK_AFTER_START, FORK_RETRIED_AFTER_START ->
          arena.lambdaAndStepFunctions().hold(call -> call.is("StartExecution", token), 0, true);
      default -> throw new IllegalArgumentException("not a fault of " + FUNCTION + ": " + point);
    };
  }

  static Stream<Fault> retried() {
    return Fault.selected(
        Fault.FORK_RETRIED_AFTER_WRITE,
        Fault.FORK_RETRIED_AFTER_OPEN,
        Fault.FORK_RETRIED_BEFORE_START,
        Fault.FORK_RETRIED_AFTER_START);
  }

  @ParameterizedTest
  @MethodSource("retried")
  void createsTheForkOnceOnRetry(Fault point) {
    try (FaultScenario parent = parent(point);
        FaultScenario scenario =
            FaultScenario.start(
                arena,
                point.token(),
                () -> {
                  killDuringCreation(point, parent.runId());
                  return arena
                      .client()
                      .send(fork(point.token(), parent.runId()))
                      .expect(202)
                      .get("child_run_id")
                      .textValue();
                })) {
      assertEquals(List.of(scenario.runId()), children(parent.runId()));
      scenario.resume();
      Matrix.record(point, scenario.awaitComplete(BOUND, BEFORE));
    }
  }

  static Stream<Fault> notRetried() {
    return Fault.selected(
        Fault.FORK_AFTER_WRITE,
        Fault.FORK_AFTER_OPEN,
        Fault.FORK_BEFORE_START,
        Fault.FORK_AFTER_START);
  }

  @ParameterizedTest
  @MethodSource("notRetried")
  void endsTheForkWithoutRetry(Fault point) {
    try (FaultScenario parent = parent(point);
        FaultScenario scenario =
            FaultScenario.start(
                arena,
                point.token(),
                () -> {
                  killDuringCreation(point, parent.runId());
                  List<String> children = children(parent.runId());
                  assertEquals(1, children.size());
                  return children.getFirst();
                })) {
      scenario.resume();
      if (point == Fault.FORK_AFTER_START) {
        Matrix.record(point, scenario.awaitComplete(BOUND, BEFORE));
        return;
      }
      arena.endAbandoned(scenario.runId());
      Outcome outcome = scenario.awaitEnd(BOUND);
      assertEquals("failed: Abandoned", outcome.end());
      assertEquals(BEFORE, arena.events(scenario.runId()).size());
      Matrix.record(point, outcome);
    }
  }

  /** Starts a parent held at its model call, with a label unique to this fault. */
  private FaultScenario parent(Fault point) {
    return FaultScenario.start(arena, "parent-of-" + point.token()).awaitModelCall();
  }

  private HttpRequest.Builder fork(String token, String parent) {
    return arena
        .client()
        .request("/forks")
        .header("content-type", "application/json")
        .header("idempotency-key", token)
        .POST(
            HttpRequest.BodyPublishers.ofString(
                String.format(
                    Locale.ROOT,
                    """
                {"parent_run_id":"%s","parent_t":0,"n_turns":%d,"mutation":{"food":900},"profile":%s}""",
                    parent,
                    FaultScenario.TURNS,
                    FaultScenario.profile(token))));
  }

  /** Requests the fork and kills the process that creates it. */
  private void killDuringCreation(Fault point, String parent) {
    String token = point.token();
    int status =
        arena
            .killDuring(
                FUNCTION, token, hold(point, token), () -> arena.client().send(fork(token, parent)))
            .status();
    assertTrue(status >= 500, "status " + status);
  }

  private List<String> children(String parent) {
    return arena.runs("parent_run_id", parent);
  }
}
