package arena.faults;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.parallel.ResourceAccessMode;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import redis.clients.jedis.Jedis;

/** An operator deletes a run's keys in the broker while it plays, as the runbook allows. */
@ResourceLock(value = FaultStack.ALL, mode = ResourceAccessMode.READ_WRITE)
final class OperatorTest {
  private static final Duration BOUND = Duration.ofSeconds(60);

  static Stream<Fault> faults() {
    return Fault.tried(
        Fault.OPERATOR_DELETES_OPEN,
        Fault.OPERATOR_DELETES_EVENTS,
        Fault.OPERATOR_DELETES_SEQ,
        Fault.OPERATOR_DELETES_DOCUMENTED,
        Fault.OPERATOR_DELETES_ALL);
  }

  @ParameterizedTest
  @MethodSource("faults")
  void theRunGoesOn(Fault fault) {
    FaultStack arena = FaultStack.shared();
    arena.assertCountersTrue();
    try (FaultScenario play = FaultScenario.start(arena, fault.token()).begun()) {
      HoldPoint held = play.holdingModel(2);
      play.goOn();
      held.awaitReached(HoldPoint.PATIENCE);
      // the second turn has begun, and its reader is up to date
      play.reader().awaitEvents(6 + FaultScenario.BEGUN, BOUND);
      play.breaks();
      delete(arena, play.runId(), fault);
      held.letGo();
      Matrix.record(fault, play.completes(BOUND));
    }
    arena.assertCountersTrue();
  }

  private static void delete(FaultStack arena, String runId, Fault fault) {
    String prefix = "arena:run:" + runId + ":";
    try (Jedis redis = arena.redis()) {
      Set<String> all = redis.keys(prefix + "*");
      List<String> some =
          switch (fault) {
            case OPERATOR_DELETES_OPEN -> List.of("open");
            case OPERATOR_DELETES_EVENTS -> List.of("events");
            case OPERATOR_DELETES_SEQ -> List.of("seq");
            case OPERATOR_DELETES_DOCUMENTED -> List.of("open", "events", "seq");
            default -> all.stream().map(key -> key.substring(prefix.length())).toList();
          };
      assertTrue(some.contains("open") || some.size() == 1, "keys of the run: " + all);
      for (String key : some) {
        redis.del(prefix + key);
      }
    }
  }
}
