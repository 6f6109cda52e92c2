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

/** Deletes or changes an active run's keys in the broker by hand. */
@ResourceLock(value = FaultStack.ALL, mode = ResourceAccessMode.READ_WRITE)
final class OperatorTest {
  private static final Duration BOUND = Duration.ofSeconds(60);

  static Stream<Fault> faults() {
    return Fault.selected(
        Fault.OPERATOR_DELETES_OPEN,
        Fault.OPERATOR_DELETES_EVENTS,
        Fault.OPERATOR_DELETES_SEQ,
        Fault.OPERATOR_DELETES_DOCUMENTED,
        Fault.OPERATOR_DELETES_ALL,
        Fault.OPERATOR_SETS_SEQ_BACK,
        Fault.OPERATOR_TRIMS_STREAM,
        Fault.OPERATOR_TRIMS_AND_DELETES_SEQ);
  }

  @ParameterizedTest
  @MethodSource("faults")
  void completesTheRun(Fault fault) {
    FaultStack arena = FaultStack.shared();
    arena.assertCountersMatchRuns();
    try (FaultScenario scenario = FaultScenario.start(arena, fault.token()).awaitModelCall()) {
      HoldPoint held = scenario.holdModelCall(2);
      scenario.resume();
      held.awaitReached(HoldPoint.TIMEOUT);
      // the second turn has started and the reader is up to date
      scenario.reader().awaitEvents(6 + FaultScenario.EVENTS_BEFORE_MODEL, BOUND);
      scenario.markFault();
      change(arena, scenario.runId(), fault);
      held.release();
      Matrix.record(fault, scenario.awaitComplete(BOUND));
    }
    arena.assertCountersMatchRuns();
  }

  private static void change(FaultStack arena, String runId, Fault fault) {
    String prefix = "arena:run:" + runId + ":";
    try (Jedis redis = arena.redis()) {
      switch (fault) {
        case OPERATOR_SETS_SEQ_BACK -> redis.set(prefix + "seq", "3");
        case OPERATOR_TRIMS_STREAM -> redis.xtrim(prefix + "events", 2, false);
        case OPERATOR_TRIMS_AND_DELETES_SEQ -> {
          redis.xtrim(prefix + "events", 2, false);
          redis.del(prefix + "seq");
        }
        default -> delete(redis, prefix, fault);
      }
    }
  }

  private static void delete(Jedis redis, String prefix, Fault fault) {
    Set<String> all = redis.keys(prefix + "*");
    List<String> deleted =
        switch (fault) {
          case OPERATOR_DELETES_OPEN -> List.of("open");
          case OPERATOR_DELETES_EVENTS -> List.of("events");
          case OPERATOR_DELETES_SEQ -> List.of("seq");
          case OPERATOR_DELETES_DOCUMENTED -> List.of("open", "events", "seq");
          default -> all.stream().map(key -> key.substring(prefix.length())).toList();
        };
    assertTrue(deleted.contains("open") || deleted.size() == 1, "keys of the run: " + all);
    for (String key : deleted) {
      redis.del(prefix + key);
    }
  }
}
