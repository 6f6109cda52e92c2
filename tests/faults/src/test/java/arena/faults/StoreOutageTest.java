package arena.faults;

import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.parallel.ResourceAccessMode;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Makes a store unavailable for all runs: connections refused, or Redis killed and restarted, with
 * or without its data.
 */
@ResourceLock(value = FaultStack.ALL, mode = ResourceAccessMode.READ_WRITE)
final class StoreOutageTest {
  private static final Duration BOUND = Duration.ofSeconds(60);
  private static final Duration OUTAGE = Duration.ofSeconds(4);

  private final FaultStack arena = FaultStack.shared();

  static Stream<Fault> faults() {
    return Fault.selected(
        Fault.DYNAMODB_REFUSES,
        Fault.S3_REFUSES,
        Fault.REDIS_REFUSES,
        Fault.REDIS_KILLED,
        Fault.REDIS_LOST,
        Fault.REDIS_LOST_AT_END);
  }

  @ParameterizedTest
  @MethodSource("faults")
  void completesTheRun(Fault fault) {
    arena.assertCountersMatchRuns();
    try (FaultScenario scenario = FaultScenario.start(arena, fault.token()).awaitModelCall()) {
      HoldPoint held = hold(fault, scenario);
      scenario.resume();
      held.awaitReached(HoldPoint.TIMEOUT);
      scenario.markFault();
      injectFault(fault, held);
      Matrix.record(fault, scenario.awaitComplete(BOUND));
    }
    arena.assertCountersMatchRuns();
  }

  /** Holds the run where the fault starts; no model answer is in flight to the journal there. */
  private HoldPoint hold(Fault fault, FaultScenario scenario) {
    return switch (fault) {
      // between two turns
      case DYNAMODB_REFUSES ->
          arena
              .redisProxy()
              .hold(call -> call.is("publish", scenario.runId(), "llm_response"), 1, true);
      case S3_REFUSES -> scenario.holdModelCall(FaultScenario.TURNS);
      case REDIS_LOST_AT_END -> arena.s3().hold(call -> call.is("PUT", scenario.runId()), 0, true);
      default -> scenario.holdModelCall(2);
    };
  }

  private void injectFault(Fault fault, HoldPoint held) {
    switch (fault) {
      case DYNAMODB_REFUSES -> refuse(arena.dynamoDb(), held);
      case S3_REFUSES -> refuse(arena.s3(), held);
      case REDIS_REFUSES -> refuse(arena.redisProxy(), held);
      case REDIS_KILLED -> {
        arena.stack().killRedis();
        held.release();
        Outage.last(OUTAGE);
        arena.stack().restartRedis();
      }
      default -> {
        arena.stack().killRedis();
        arena.redisFiles().delete();
        arena.stack().restartRedis();
        held.release();
      }
    }
  }

  private static void refuse(Proxy proxy, HoldPoint held) {
    proxy.refuse();
    try {
      held.release();
      Outage.last(OUTAGE);
    } finally {
      proxy.listen();
    }
  }
}
