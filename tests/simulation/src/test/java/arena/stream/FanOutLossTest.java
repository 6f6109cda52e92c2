package arena.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import arena.broker.ConnectionId;
import arena.error.Dependency;
import arena.error.DependencyUnavailable;
import arena.simulation.stores.Call;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Readers whose cursors the broker loses are disconnected, so that they subscribe again. */
@Timeout(30)
final class FanOutLossTest extends FanOutFixture {
  private static final ConnectionId B = ConnectionId.of("b");
  private static final ConnectionId NEW = ConnectionId.of("new");
  private static final ConnectionId A = ConnectionId.of("a");

  @Test
  void disconnectsReadersWhoseCursorsAreLost() {
    createRun(20);
    reader(A, 1);
    reader(B, 1);
    serve(farDeadline());
    loseAndRestore();
    reader(NEW, 15);
    serve(farDeadline());
    assertEquals(Set.of(A, B), sockets.closed);
    assertEquals(range(15, 20), sockets.seqs(NEW));
    assertEquals(List.of(NEW), connections.subscribers(RUN));
    assertFalse(redis.leased(RUN));
    serve(farDeadline());
    assertEquals(Set.of(A, B), sockets.closed, "once");
  }

  @Test
  void retriesToCloseConnectionsOfLostReaders() {
    createRun(20);
    reader(A, 1);
    serve(farDeadline());
    sockets.failingCloses.set(2);
    loseAndRestore();
    serve(farDeadline());
    assertEquals(Set.of(A), sockets.closed, "retried until closed");
    assertEquals(List.of(), connections.subscribers(RUN));
  }

  @Test
  void disconnectsLostReadersWhenTheRunEnds() {
    createRun(20);
    reader(A, 1);
    serve(farDeadline());
    redis.flush();
    finalizeRun();
    serve(farDeadline());
    assertEquals(Set.of(A), sockets.closed);
    assertEquals(List.of(), connections.subscribers(RUN));
  }

  @Test
  void disconnectsLostReaderWhenTheRunEndsForAnotherReader() {
    createRun(20);
    reader(A, 1);
    serve(farDeadline());
    redis.flush();
    finalizeRun();
    reader(B, 15);
    serve(farDeadline());
    assertEquals("closed", sockets.types(B).getLast());
    assertEquals(Set.of(A), sockets.closed);
  }

  @Test
  void keepsALossThatCannotBeHandledNow() {
    createRun(20);
    reader(A, 1);
    loseAndRestore();
    network.cut(Call.CONNECTIONS_SUBSCRIBERS);
    assertEquals(
        Dependency.CONNECTIONS,
        assertThrows(DependencyUnavailable.class, () -> serve(farDeadline())).dependency());
    network.restore(Call.CONNECTIONS_SUBSCRIBERS);
    reader(NEW, 20);
    serve(farDeadline());
    assertEquals(Set.of(A), sockets.closed);
  }

  @Test
  void handlesALossAcrossTwoInvocations() {
    createRun(20);
    for (int i = 0; i < 10; i++) {
      reader(ConnectionId.of("reader-" + i), 1);
    }
    loseAndRestore();
    sockets.beforeClose = () -> clock.advance(Duration.ofSeconds(1));
    serve(START.plusSeconds(5));
    assertEquals(5, sockets.closed.size());
    assertEquals(List.of(RUN), List.copyOf(woken), "hands over");
    reader(NEW, 21);
    serve(farDeadline());
    assertEquals(10, sockets.closed.size());
    assertFalse(sockets.closed.contains(NEW));
  }

  @Test
  void keepsReadersConnectedWhenOnlyEventsAreLost() {
    createRun(20);
    reader(A, 5);
    broker.restore(RUN, "label", START, 21);
    serve(farDeadline());
    assertEquals(Set.of(), sockets.closed);
    assertEquals(range(5, 20), sockets.seqs(A));
  }
}
