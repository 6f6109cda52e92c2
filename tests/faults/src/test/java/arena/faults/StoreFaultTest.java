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

/** Breaks a store for one run: error responses, throttling, hanging or closed connections. */
@ResourceLock(value = FaultStack.ALL, mode = ResourceAccessMode.READ)
final class StoreFaultTest {
  private static final Duration BOUND = Duration.ofSeconds(60);
  private static final Duration FAILING = Duration.ofSeconds(4);

  /** Longer than the time-out of one attempt of a store call, Redis included. */
  private static final Duration HANGING = Duration.ofSeconds(6);

  private static final String JSON = "application/x-amz-json-1.0";

  private final FaultStack arena = FaultStack.shared();

  static Stream<Fault> faults() {
    return Fault.selected(
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
  void completesTheRun(Fault fault) {
    try (FaultScenario scenario = FaultScenario.start(arena, fault.token()).awaitModelCall()) {
      Proxy proxy = proxy(fault);
      // Starts at the start of a turn or of the archive, so that no model answer is lost.
      AtomicBoolean started = new AtomicBoolean();
      CountDownLatch first = new CountDownLatch(1);
      try (Proxy.Rule rule =
          proxy.breakCalls(
              call -> {
                if (!call.is("", scenario.runId())) {
                  return false;
                }
                if (startsFault(fault, call)) {
                  started.set(true);
                  first.countDown();
                }
                return started.get();
              },
              action(fault))) {
        scenario.resume();
        await(first, HoldPoint.TIMEOUT);
        scenario.markFault();
        Outage.last(action(fault) instanceof Action.Hang ? HANGING : FAILING);
        assertTrue(rule.brokenCalls() > 0);
      }
      Matrix.record(fault, scenario.awaitComplete(BOUND));
    }
  }

  private Proxy proxy(Fault fault) {
    return switch (fault) {
      case DYNAMODB_FAILS, DYNAMODB_THROTTLES, DYNAMODB_HANGS -> arena.dynamoDb();
      case S3_FAILS, S3_SLOWS_DOWN, S3_HANGS -> arena.s3();
      default -> arena.redisProxy();
    };
  }

  private boolean startsFault(Fault fault, Call call) {
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
      assertTrue(latch.await(bound.toSeconds(), TimeUnit.SECONDS), "no call reached the fault");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }
}
