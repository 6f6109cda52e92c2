package arena.faults;

import java.time.Duration;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.parallel.ResourceAccessMode;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Kills the process that plays a turn, at each point of the turn. */
@ResourceLock(value = FaultStack.ALL, mode = ResourceAccessMode.READ)
final class KilledTurnTest {
  private static final Duration BOUND = Duration.ofSeconds(60);
  private static final String FUNCTION = "replay-turn";

  /** Installs the hold in the second turn while the first one is held at its model call. */
  private static final Map<Fault, BiFunction<FaultStack, FaultScenario, HoldPoint>> POINTS =
      Map.of(
          Fault.TURN_BEFORE_START_WRITE,
              (arena, scenario) -> holdWrite(arena, scenario, "llm_prompt", 0, false),
          Fault.TURN_AFTER_START_WRITE,
              (arena, scenario) -> holdWrite(arena, scenario, "llm_prompt", 0, true),
          Fault.TURN_BEFORE_MODEL,
              (arena, scenario) -> holdPublish(arena, scenario, "llm_prompt", 0),
          Fault.TURN_DURING_MODEL, (arena, scenario) -> scenario.holdModelCall(2),
          Fault.TURN_BEFORE_ANSWER_WRITE,
              (arena, scenario) -> holdWrite(arena, scenario, "llm_response", 1, false),
          Fault.TURN_AFTER_ANSWER_WRITE,
              (arena, scenario) -> holdWrite(arena, scenario, "llm_response", 1, true),
          Fault.TURN_AFTER_PUBLISH,
              (arena, scenario) -> holdPublish(arena, scenario, "llm_response", 1));

  private static HoldPoint holdWrite(
      FaultStack arena, FaultScenario scenario, String kind, int after, boolean effect) {
    return arena
        .dynamoDb()
        .hold(call -> call.is("TransactWriteItems", scenario.runId(), kind), after, effect);
  }

  private static HoldPoint holdPublish(
      FaultStack arena, FaultScenario scenario, String kind, int after) {
    return arena.redisProxy().hold(call -> call.is("publish", scenario.runId(), kind), after, true);
  }

  static Stream<Fault> points() {
    return Fault.selected(POINTS.keySet().toArray(Fault[]::new));
  }

  @ParameterizedTest
  @MethodSource("points")
  void playsTheTurnOnce(Fault point) {
    FaultStack arena = FaultStack.shared();
    try (FaultScenario scenario = FaultScenario.start(arena, point.token()).awaitModelCall()) {
      HoldPoint held = POINTS.get(point).apply(arena, scenario);
      scenario.resumeAndKill(arena, FUNCTION, held);
      Matrix.record(point, scenario.awaitComplete(BOUND));
    }
  }
}
