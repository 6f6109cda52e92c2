package arena.faults;

import java.time.Duration;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.parallel.ResourceAccessMode;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The process that plays a turn is killed, at each point of the turn. */
@ResourceLock(value = FaultStack.ALL, mode = ResourceAccessMode.READ)
final class KilledTurnTest {
  private static final Duration BOUND = Duration.ofSeconds(60);
  private static final String FUNCTION = "replay-turn";

  /** How the second turn of a run is held at a point, while the first one waits for its model. */
  private static final Map<Fault, BiFunction<FaultStack, FaultScenario, HoldPoint>> POINTS =
      Map.of(
          Fault.TURN_BEFORE_BEGUN, (arena, play) -> holdsItem(arena, play, "llm_prompt", 0, false),
          Fault.TURN_AFTER_BEGUN, (arena, play) -> holdsItem(arena, play, "llm_prompt", 0, true),
          Fault.TURN_BEFORE_MODEL, (arena, play) -> holdsPublish(arena, play, "llm_prompt", 0),
          Fault.TURN_DURING_MODEL, (arena, play) -> play.holdingModel(2),
          Fault.TURN_BEFORE_ANSWER,
              (arena, play) -> holdsItem(arena, play, "llm_response", 1, false),
          Fault.TURN_AFTER_ANSWER, (arena, play) -> holdsItem(arena, play, "llm_response", 1, true),
          Fault.TURN_AFTER_PUBLISH, (arena, play) -> holdsPublish(arena, play, "llm_response", 1));

  private static HoldPoint holdsItem(
      FaultStack arena, FaultScenario play, String kind, int after, boolean effect) {
    return arena
        .dynamoDb()
        .holding(call -> call.is("TransactWriteItems", play.runId(), kind), after, effect);
  }

  private static HoldPoint holdsPublish(
      FaultStack arena, FaultScenario play, String kind, int after) {
    return arena.redisProxy().holding(call -> call.is("publish", play.runId(), kind), after, true);
  }

  static Stream<Fault> points() {
    return Fault.tried(POINTS.keySet().toArray(Fault[]::new));
  }

  @ParameterizedTest
  @MethodSource("points")
  void theTurnIsPlayedOnceAllTheSame(Fault point) {
    FaultStack arena = FaultStack.shared();
    try (FaultScenario play = FaultScenario.start(arena, point.token()).begun()) {
      HoldPoint held = POINTS.get(point).apply(arena, play);
      play.goOnUntilKilled(arena, FUNCTION, held);
      Matrix.record(point, play.completes(BOUND));
    }
  }
}
