package arena.local.lambda;

import arena.local.clock.StackClock;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Asynchronous invocations with Lambda's retries: a failed one is retried after 1 and 2 minutes, a
 * throttled one with growing delays, up to the function's limits. Then the event is dropped and
 * written to the function's log.
 */
final class BackgroundInvocations {
  private static final Duration MAX_BACKOFF = Duration.ofMinutes(5);
  private static final int MAX_THROTTLE_EXPONENT = 20;
  private static final int OUTCOME_SECONDS = 60;
  private static final JsonMapper JSON = new JsonMapper();

  private final StackClock clock;
  private final AtomicInteger waiting = new AtomicInteger();
  private volatile boolean closed;

  BackgroundInvocations(StackClock clock) {
    this.clock = clock;
  }

  private record Event(SandboxPool pool, String requestId, String payload, Instant at) {}

  /**
   * Starts an invocation.
   *
   * @return the request's id
   * @throws InvokeFault if too many events are waiting
   */
  String start(SandboxPool pool, String payload) {
    if (waiting.incrementAndGet() > FunctionHost.MAX_WAITING_EVENTS) {
      waiting.decrementAndGet();
      throw new InvokeFault(
          InvokeFault.Code.TOO_MANY_REQUESTS,
          "Rate Exceeded: " + FunctionHost.MAX_WAITING_EVENTS + " events are waiting");
    }
    Event event = new Event(pool, UUID.randomUUID().toString(), payload, clock.now());
    Thread.ofVirtual().name("lambda-event").start(() -> attempt(event, 0, 0));
    return event.requestId();
  }

  /** Returns the number of events that wait for an invocation or a retry. */
  int waiting() {
    return waiting.get();
  }

  /** Stops retries; waiting events are lost. */
  void close() {
    closed = true;
  }

  private void attempt(Event event, int retries, int throttles) {
    if (closed) {
      waiting.decrementAndGet();
      return;
    }
    FunctionDefinition.Background policy = event.pool().function().background();
    try {
      Invocation outcome =
          event
              .pool()
              .start(event.requestId(), event.payload(), SandboxPool.MAX_WAIT)
              .get(FunctionDefinition.MAX_TIMEOUT.toSeconds() + OUTCOME_SECONDS, TimeUnit.SECONDS);
      if (outcome.functionError().isEmpty()) {
        waiting.decrementAndGet();
      } else if (retries < policy.maximumRetries() && withinMaximumAge(event)) {
        retry(event, Duration.ofMinutes(retries + 1), retries + 1, throttles);
      } else {
        drop(event, outcome.payload());
      }
    } catch (InvokeFault e) {
      if (!closed && withinMaximumAge(event)) {
        Duration backoff = Duration.ofSeconds(1L << Math.min(throttles, MAX_THROTTLE_EXPONENT));
        retry(event, backoff, retries, throttles + 1);
      } else {
        drop(event, e.getMessage());
      }
    } catch (ExecutionException | TimeoutException e) {
      drop(event, "no outcome: " + e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      waiting.decrementAndGet();
    }
  }

  private void retry(Event event, Duration backoff, int retries, int throttles) {
    clock.after(
        backoff.compareTo(MAX_BACKOFF) > 0 ? MAX_BACKOFF : backoff,
        () -> Thread.ofVirtual().start(() -> attempt(event, retries, throttles)));
  }

  private void drop(Event event, String failure) {
    ObjectNode line = JSON.createObjectNode();
    line.put("time", clock.now().toString()).put("type", "local.eventDropped");
    line.putObject("record").put("requestId", event.requestId()).put("lastFailure", failure);
    event.pool().log().line(line.toString());
    waiting.decrementAndGet();
  }

  private boolean withinMaximumAge(Event event) {
    Duration maximum = event.pool().function().background().maximumAge();
    return clock.now().isBefore(event.at().plus(maximum));
  }
}
