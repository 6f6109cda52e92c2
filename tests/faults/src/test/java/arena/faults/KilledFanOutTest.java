package arena.faults;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.parallel.ResourceAccessMode;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Kills the process that sends a run's events to its readers, during a send. */
@ResourceLock(value = FaultStack.ALL, mode = ResourceAccessMode.READ)
final class KilledFanOutTest {
  private static final Duration BOUND = Duration.ofSeconds(60);
  private static final String FUNCTION = "stream-events";

  static Stream<Fault> points() {
    return Fault.selected(Fault.STREAM_BEFORE_SEND, Fault.STREAM_AFTER_SEND);
  }

  @ParameterizedTest
  @MethodSource("points")
  void anotherInvocationContinues(Fault point) {
    FaultStack arena = FaultStack.shared();
    try (FaultScenario scenario =
        FaultScenario.start(
            arena,
            point.token(),
            () -> {
              String runId = FaultScenario.startRun(arena, point.token());
              // Before the first invocation, so that every one of the run can be killed.
              arena.isolate(FUNCTION, event(runId));
              return runId;
            })) {
      scenario.awaitModelCall();
      HoldPoint held =
          arena
              .connections()
              .hold(
                  call -> call.is("POST", scenario.runId(), "llm_response"),
                  0,
                  point == Fault.STREAM_AFTER_SEND);
      // Holds the run at its model, because every publish would start another process.
      HoldPoint model = scenario.holdModelCall(2);
      scenario.resume();
      held.awaitReached(HoldPoint.TIMEOUT);
      model.awaitReached(HoldPoint.TIMEOUT);
      scenario.markFault();
      // the invocation that sends, and those that wait for its lease
      assertTrue(arena.killAll(FUNCTION, event(scenario.runId())) > 0);
      held.release();
      model.release();
      Matrix.record(point, scenario.awaitComplete(BOUND));
    }
  }

  /** Prefix of the events that invoke a fan-out of the run. */
  private static String event(String runId) {
    return "{\"run_id\":\"" + runId + "\"";
  }
}
