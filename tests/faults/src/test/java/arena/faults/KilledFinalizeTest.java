package arena.faults;

import java.time.Duration;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.parallel.ResourceAccessMode;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Kills the process that finalizes a run, between its steps. */
@ResourceLock(value = FaultStack.ALL, mode = ResourceAccessMode.READ)
final class KilledFinalizeTest {
  private static final Duration BOUND = Duration.ofSeconds(60);
  private static final String FUNCTION = "finalize-run";

  private static final Map<Fault, BiFunction<FaultStack, String, HoldPoint>> POINTS =
      Map.of(
          Fault.FINALIZE_BEFORE_ARCHIVE,
              (arena, run) -> arena.s3().hold(call -> call.is("PUT", run), 0, false),
          Fault.FINALIZE_AFTER_ARCHIVE,
              (arena, run) -> arena.s3().hold(call -> call.is("PUT", run), 0, true),
          Fault.FINALIZE_AFTER_CATALOG,
              (arena, run) ->
                  arena
                      .dynamoDb()
                      .hold(call -> call.is("TransactWriteItems", run, ":complete"), 0, true),
          Fault.FINALIZE_AFTER_CLOSE,
              (arena, run) -> arena.redisProxy().hold(call -> call.is("close", run), 0, true));

  static Stream<Fault> points() {
    return Fault.selected(POINTS.keySet().toArray(Fault[]::new));
  }

  @ParameterizedTest
  @MethodSource("points")
  void finalizesTheRunOnRetry(Fault point) {
    FaultStack arena = FaultStack.shared();
    try (FaultScenario scenario = FaultScenario.start(arena, point.token()).awaitModelCall()) {
      HoldPoint held = POINTS.get(point).apply(arena, scenario.runId());
      scenario.resumeAndKill(arena, FUNCTION, held);
      Matrix.record(point, scenario.awaitComplete(BOUND));
    }
  }
}
