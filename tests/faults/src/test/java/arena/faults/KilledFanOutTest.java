package arena.faults;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.parallel.ResourceAccessMode;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The process that sends a run's events to its readers is killed, in mid-send. */
@ResourceLock(value = FaultStack.ALL, mode = ResourceAccessMode.READ)
final class KilledFanOutTest {
  private static final Duration BOUND = Duration.ofSeconds(60);
  private static final String FUNCTION = "stream-events";

  static Stream<Fault> moments() {
    return Fault.tried(Fault.STREAM_BEFORE_SEND, Fault.STREAM_AFTER_SEND);
  }

  @ParameterizedTest
  @MethodSource("moments")
  void anotherOneGoesOn(Fault point) {
    FaultStack arena = FaultStack.shared();
    try (FaultScenario play =
        FaultScenario.start(
            arena,
            point.token(),
            () -> {
              String runId = FaultScenario.startRun(arena, point.token());
              // From the first one on, so that none is at work that cannot be killed.
              arena.doom(FUNCTION, event(runId));
              return runId;
            })) {
      play.begun();
      HoldPoint held =
          arena
              .connections()
              .holding(
                  call -> call.is("POST", play.runId(), "llm_response"),
                  0,
                  point == Fault.STREAM_AFTER_SEND);
      // The run waits for its model meanwhile: else every publish would start one more process.
      HoldPoint model = play.holdingModel(2);
      play.goOn();
      held.awaitReached(HoldPoint.PATIENCE);
      model.awaitReached(HoldPoint.PATIENCE);
      play.breaks();
      // the one that sends, and whoever waits for its lease
      assertTrue(arena.killAll(FUNCTION, event(play.runId())) > 0);
      held.letGo();
      model.letGo();
      Matrix.record(point, play.completes(BOUND));
    }
  }

  /** What every event that wakes a fan-out of the run starts with. */
  private static String event(String runId) {
    return "{\"run_id\":\"" + runId + "\"";
  }
}
