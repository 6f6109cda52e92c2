package arena.faults;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.parallel.ResourceAccessMode;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A store fails for one run and a while: it answers errors, throttles, hangs, or cuts. */
@ResourceLock(value = FaultStack.ALL, mode = ResourceAccessMode.READ)
final class StoreFaultTest {
  private static final Duration BOUND = Duration.ofSeconds(60);
  private static final Duration FAILING = Duration.ofSeconds(4);

  /** Longer than one attempt at a call may take, and than Redis may. */
  private static final Duration HANGING = Duration.ofSeconds(6);

  private static final String JSON = "application/x-amz-json-1.0";

  private final FaultStack arena = FaultStack.shared();

  static Stream<Fault> faults() {
    return Fault.tried(
        Fault.DYNAMODB_FAILS,
        Fault.DYNAMODB_THROTTLES,
        Fault.DYNAMODB_HANGS,
        Fault.S3_FAILS,
        Fault.S3_SLOWS_DOWN,
        Fault.S3_HANGS,
        Fault.REDIS_CUTS,
        Fault.REDIS_HANGS);
  }

  @ParameterizedTest
  @MethodSource("faults")
  void theRunGoesOn(Fault fault) {
    try (FaultScenario play = FaultScenario.start(arena, fault.token()).begun()) {
      Proxy proxy = proxy(fault);
      // From the start of a turn or of the archive: so no answer of the model is lost.
      AtomicBoolean begun = new AtomicBoolean();
      CountDownLatch first = new CountDownLatch(1);
      try (Proxy.Rule rule =
          proxy.breaking(
              call -> {
                if (!call.is("", play.runId())) {
                  return false;
                }
                if (begins(fault, call)) {
                  begun.set(true);
                  first.countDown();
                }
                return begun.get();
              },
              action(fault))) {
        play.goOn();
        await(first, HoldPoint.PATIENCE);
        play.breaks();
        Outage.lasts(action(fault) instanceof Action.Hang ? HANGING : FAILING);
        assertTrue(rule.broken() > 0);
      }
      Matrix.record(fault, play.completes(BOUND));
    }
  }

  private Proxy proxy(Fault fault) {
    return switch (fault) {
      case DYNAMODB_FAILS, DYNAMODB_THROTTLES, DYNAMODB_HANGS -> arena.dynamoDb();
      case S3_FAILS, S3_SLOWS_DOWN, S3_HANGS -> arena.s3();
      default -> arena.redisProxy();
    };
  }

  private boolean begins(Fault fault, Call call) {
    return switch (fault) {
      case DYNAMODB_FAILS, DYNAMODB_THROTTLES, DYNAMODB_HANGS ->
          call.is("Query", arena.stack().resource("JournalTable"));
      case S3_FAILS, S3_SLOWS_DOWN, S3_HANGS -> call.is("PUT");
      default -> call.is("publish", "llm_response");
    };
  }

  private static Action action(Fault fault) {
    return switch (fault) {
      case DYNAMODB_FAILS ->
          new Action.Answer(
              500,
              JSON,
              """
              {"__type":"com.amazonaws.dynamodb.v20120810#InternalServerError",\
              "message":"Internal server error"}""");
      case DYNAMODB_THROTTLES ->
          new Action.Answer(
              400,
              JSON,
              """
              {"__type":"com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException",\
              "message":"The level of configured provisioned throughput for the table was exceeded"}""");
      case S3_FAILS -> new Action.Answer(500, "application/xml", s3("InternalError"));
      case S3_SLOWS_DOWN -> new Action.Answer(503, "application/xml", s3("SlowDown"));
      case REDIS_CUTS -> new Action.Cut();
      default -> new Action.Hang();
    };
  }

  private static String s3(String code) {
    return """
        <?xml version="1.0" encoding="UTF-8"?>
        <Error><Code>%s</Code><Message>Please reduce your request rate.</Message></Error>"""
        .formatted(code);
  }

  private static void await(CountDownLatch latch, Duration bound) {
    try {
      assertTrue(latch.await(bound.toSeconds(), TimeUnit.SECONDS), "nothing was broken");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }
}
