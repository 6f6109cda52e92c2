package arena.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.parallel.ResourceAccessMode;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Kills the reaper between its steps for a run. A later reaper completes them. */
@ResourceLock(value = FaultStack.ALL, mode = ResourceAccessMode.READ_WRITE) // reaps all runs
final class KilledReaperTest {
  private static final Duration BOUND = Duration.ofSeconds(60);
  private static final String FUNCTION = "reap-runs";

  private final FaultStack arena = FaultStack.shared();

  static Stream<Fault> silent() {
    return Fault.selected(Fault.REAP_AFTER_FAIL, Fault.REAP_AFTER_STOP, Fault.REAP_AFTER_START);
  }

  @ParameterizedTest
  @MethodSource("silent")
  void laterReaperEndsASilentRun(Fault point) {
    try (FaultScenario scenario = FaultScenario.start(arena, point.token()).awaitModelCall()) {
      String runId = scenario.runId();
      arena.awaitNoFanOut(runId);
      HoldPoint held =
          switch (point) {
            case REAP_AFTER_FAIL ->
                arena
                    .dynamoDb()
                    .hold(call -> call.is("TransactWriteItems", runId, "Abandoned"), 0, true);
            case REAP_AFTER_STOP ->
                arena
                    .lambdaAndStepFunctions()
                    .hold(call -> call.is("StopExecution", runId), 0, true);
            case REAP_AFTER_START ->
                arena
                    .lambdaAndStepFunctions()
                    .hold(call -> call.is("StartExecution", runId), 0, true);
            default -> throw new IllegalArgumentException("not a silent run: " + point);
          };
      killReaper(scenario, point.token(), held);
      arena.endAfterKilledReaper(runId);
      Outcome outcome = scenario.awaitEnd(BOUND);
      assertEquals("failed: Abandoned", outcome.end());
      Matrix.record(point, outcome);
    }
    arena.assertCountersMatchRuns();
  }

  static Stream<Fault> ended() {
    return Fault.selected(Fault.REAP_AFTER_DROP, Fault.REAP_AFTER_RELEASE);
  }

  @ParameterizedTest
  @MethodSource("ended")
  void laterReaperReleasesAnEndedRun(Fault point) {
    try (FaultScenario scenario = FaultScenario.start(arena, point.token()).awaitModelCall()) {
      String runId = scenario.runId();
      scenario.resume();
      arena.awaitArchived(runId);
      scenario.reader().awaitClosed(BOUND);
      arena.awaitNoFanOut(runId);
      HoldPoint held =
          point == Fault.REAP_AFTER_DROP
              ? arena.redisProxy().hold(call -> call.is("drop", runId), 0, true)
              : arena
                  .dynamoDb()
                  .hold(call -> call.is("TransactWriteItems", runId, "REMOVE #held"), 0, true);
      killReaper(scenario, point.token(), held);
      Matrix.record(point, scenario.awaitComplete(BOUND));
    }
    arena.assertCountersMatchRuns();
  }

  /** Ages the run, invokes a reaper, and kills it at the hold point. */
  private void killReaper(FaultScenario scenario, String token, HoldPoint held) {
    arena.age(scenario.runId());
    scenario.markFault();
    assertTrue(
        arena.killDuring(FUNCTION, token, held, () -> arena.reaperFails(token)),
        "the invocation fails");
  }
}
