package arena.stream;

import static arena.simulation.stores.ScriptedNetwork.once;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.broker.ConnectionId;
import arena.error.Dependency;
import arena.error.DependencyUnavailable;
import arena.simulation.stores.Call;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The fan-out lease: lost, held by a dead fan-out, held by an active one, and the handover. */
@Timeout(30)
final class FanOutLeaseTest extends FanOutFixture {
  private static final ConnectionId A = ConnectionId.of("a");
  private static final ConnectionId STUCK = ConnectionId.of("stuck");

  @Test
  void stopsSendingAfterLosingTheLease() {
    createRun(20);
    for (int i = 0; i < 5; i++) {
      reader(ConnectionId.of("reader-" + i), 1);
    }
    AtomicInteger taken = new AtomicInteger();
    sockets.beforeSend =
        () -> {
          if (taken.incrementAndGet() == 1) { // paused, as a frozen sandbox is
            clock.advance(FanOutLease.DURATION.plusSeconds(1));
            subscribers.acquire(RUN, Duration.ofDays(1)).orElseThrow();
          }
        };
    serve(farDeadline());
    assertTrue(sockets.attempts.get() <= 5, "send attempts: " + sockets.attempts.get() + "");
    assertEquals(Set.copyOf(range(1, 1)), new HashSet<>(subscribers.cursors(RUN).values()));
    assertTrue(redis.leased(RUN), "still held by the other fan-out");
  }

  @Test
  void waitsForTheLeaseOfADeadFanOut() {
    createRun(20);
    reader(A, 1);
    subscribers.acquire(RUN, FanOutLease.DURATION).orElseThrow(); // the holder dies
    finalizeRun();
    network.before(Call.SUBSCRIBERS_HOLDER, _ -> clock.advance(Duration.ofSeconds(3)));
    serve(farDeadline());
    assertEquals(range(1, 20), sockets.seqs(A));
    assertEquals("closed", sockets.types(A).getLast());
  }

  @Test
  void stopsWaitingForALeaseThatIsNotReleased() {
    createRun(20);
    reader(A, 1);
    subscribers.acquire(RUN, Duration.ofDays(1)).orElseThrow();
    clock.step(Duration.ofSeconds(1));
    assertEquals(0, serve(farDeadline()).events());
    assertTrue(clock.instant().isBefore(START.plus(FanOutLease.DURATION.multipliedBy(5))));
  }

  @Test
  void doesNotWaitForAnActiveFanOut() {
    createRun(20);
    reader(A, 1);
    long fence = subscribers.acquire(RUN, Duration.ofDays(1)).orElseThrow();
    AtomicInteger days = new AtomicInteger(1);
    network.after(
        Call.SUBSCRIBERS_HOLDER,
        _ -> assertTrue(subscribers.extend(RUN, fence, Duration.ofDays(days.incrementAndGet()))));
    // The clock does not advance, so a wait would never end.
    assertEquals(0, serve(farDeadline()).events());
  }

  @Test
  void failsWhenTheHandoverFails() {
    createRun(20);
    reader(STUCK, 1);
    sockets.answers.put(STUCK, ConnectionSender.Result.LATER);
    sockets.beforeSend = () -> clock.advance(Duration.ofSeconds(20));
    fanOutInvoker =
        _ -> {
          throw Dependency.FAN_OUT.unavailable("Lambda is unreachable", null);
        };
    assertEquals(
        Dependency.FAN_OUT,
        assertThrows(DependencyUnavailable.class, () -> serve(START.plus(Duration.ofSeconds(10))))
            .dependency());
    assertFalse(redis.leased(RUN));
  }

  @Test
  void deliversEventsPublishedBetweenTheLastLookAndTheRelease() {
    createRun(20);
    reader(A, 1);
    Consumer<String> publish = once(_ -> publish(21, 22));
    network.before(Call.SUBSCRIBERS_RELEASE, publish);
    network.before(Call.SUBSCRIBERS_ABANDON, publish);
    serve(farDeadline());
    assertEquals(range(1, 22), sockets.seqs(A), "the publish found the lease held");
  }
}
