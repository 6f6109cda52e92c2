package arena.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.parallel.ResourceAccessMode;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A store is gone for all: it refuses, or it is killed, and starts anew with nothing in it. */
@ResourceLock(value = FaultStack.ALL, mode = ResourceAccessMode.READ_WRITE)
final class StoreOutageTest {
  private static final Duration BOUND = Duration.ofSeconds(60);
  private static final Duration GONE = Duration.ofSeconds(4);

  private final FaultStack arena = FaultStack.shared();

  static Stream<Fault> faults() {
    return Fault.tried(
        Fault.DYNAMODB_REFUSES,
        Fault.S3_REFUSES,
        Fault.REDIS_REFUSES,
        Fault.REDIS_KILLED,
        Fault.REDIS_LOST,
        Fault.REDIS_LOST_AT_END);
  }

  @ParameterizedTest
  @MethodSource("faults")
  void theRunGoesOn(Fault fault) {
    arena.assertCountersTrue();
    try (FaultScenario play = FaultScenario.start(arena, fault.token()).begun()) {
      HoldPoint held = hold(fault, play);
      play.goOn();
      held.awaitReached(HoldPoint.PATIENCE);
      play.breaks();
      breakAll(fault, held);
      Matrix.record(fault, play.completes(BOUND));
    }
    arena.assertCountersTrue();
  }

  /** Where the fault finds the run. No answer of its model is on the way to the journal there. */
  private HoldPoint hold(Fault fault, FaultScenario play) {
    return switch (fault) {
      // between two turns
      case DYNAMODB_REFUSES ->
          arena
              .redisProxy()
              .holding(call -> call.is("publish", play.runId(), "llm_response"), 1, true);
      case S3_REFUSES -> play.holdingModel(FaultScenario.TURNS);
      case REDIS_LOST_AT_END -> arena.s3().holding(call -> call.is("PUT", play.runId()), 0, true);
      default -> play.holdingModel(2);
    };
  }

  private void breakAll(Fault fault, HoldPoint held) {
    switch (fault) {
      case DYNAMODB_REFUSES -> refuse(arena.dynamoDb(), held);
      case S3_REFUSES -> refuse(arena.s3(), held);
      case REDIS_REFUSES -> refuse(arena.redisProxy(), held);
      case REDIS_KILLED -> {
        arena.stack().killRedis();
        held.letGo();
        Outage.lasts(GONE);
        arena.stack().restartRedis();
      }
      default -> {
        arena.stack().killRedis();
        arena.loseRedis();
        arena.stack().restartRedis();
        assertEquals(0, arena.keys(), "Redis is empty");
        held.letGo();
      }
    }
  }

  private static void refuse(Proxy proxy, HoldPoint held) {
    proxy.refuse();
    try {
      held.letGo();
      Outage.lasts(GONE);
    } finally {
      proxy.listen();
    }
  }
}
