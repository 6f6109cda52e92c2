package arena.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.local.client.Envelope;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.parallel.ResourceAccessMode;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Kills the process that serves a read. The next read is served, and the run is not affected. */
@ResourceLock(value = FaultStack.ALL, mode = ResourceAccessMode.READ)
final class KilledReadTest {
  private static final Duration BOUND = Duration.ofSeconds(60);
  private static final String FUNCTION = "read-runs";

  private final FaultStack arena = FaultStack.shared();

  static Stream<Fault> points() {
    return Fault.selected(Fault.READ_RUNNING, Fault.READ_ARCHIVED);
  }

  @ParameterizedTest
  @MethodSource("points")
  void theNextReadIsServed(Fault point) {
    try (FaultScenario scenario = FaultScenario.start(arena, point.token()).awaitModelCall()) {
      String runId = scenario.runId();
      if (point == Fault.READ_ARCHIVED) {
        scenario.resume();
        arena.awaitArchived(runId);
      }
      // Until then the fan-out reads the run too.
      arena.awaitNoFanOut(runId);
      List<Envelope> before = arena.events(runId);
      HoldPoint held =
          point == Fault.READ_ARCHIVED
              ? arena.s3().hold(call -> call.is("GET", runId), 0, true)
              : arena.dynamoDb().hold(call -> call.is("GetItem", runId), 0, true);
      scenario.markFault();
      killDuringRead(runId, held);

      assertEquals(before, arena.events(runId));
      scenario.resume();
      Matrix.record(point, scenario.awaitComplete(BOUND));
    }
  }

  private void killDuringRead(String runId, HoldPoint held) {
    int status =
        arena
            .killDuring(FUNCTION, runId, held, () -> arena.client().get("/events?run_id=" + runId))
            .status();
    assertTrue(status >= 500, "status " + status);
  }
}
