package arena.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import arena.simulation.stores.Call;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Readers whose cursors the broker loses are disconnected, so that they subscribe again. */
@Timeout(30)
final class FanOutLossTest extends FanOutFixture {
  @Test
  void disconnectsReadersWhoseCursorsAreLost() {
    createRun(20);
    reader("a", 1);
    reader("b", 1);
    serve(farDeadline());
    loseAndRestore();
    reader("new", 15);
    serve(farDeadline());
    assertEquals(Set.of("a", "b"), sockets.closed);
    assertEquals(range(15, 20), sockets.seqs("new"));
    assertEquals(List.of("new"), connections.subscribers(RUN));
    assertFalse(redis.leased(RUN));
    serve(farDeadline());
    assertEquals(Set.of("a", "b"), sockets.closed, "once");
  }

  @Test
  void retriesToCloseConnectionsOfLostReaders() {
    createRun(20);
    reader("a", 1);
    serve(farDeadline());
    sockets.failingCloses.set(2);
    loseAndRestore();
    serve(farDeadline());
    assertEquals(Set.of("a"), sockets.closed, "retried until closed");
    assertEquals(List.of(), connections.subscribers(RUN));
  }

  @Test
  void disconnectsLostReadersWhenTheRunEnds() {
    createRun(20);
    reader("a", 1);
    serve(farDeadline());
    redis.flush();
    finalizeRun();
    serve(farDeadline());
    assertEquals(Set.of("a"), sockets.closed);
    assertEquals(List.of(), connections.subscribers(RUN));
  }

  @Test
  void disconnectsLostReaderWhenTheRunEndsForAnotherReader() {
    createRun(20);
    reader("a", 1);
    serve(farDeadline());
    redis.flush();
    finalizeRun();
    reader("b", 15);
    serve(farDeadline());
    assertEquals("closed", sockets.types("b").getLast());
    assertEquals(Set.of("a"), sockets.closed);
  }

  @Test
  void keepsALossThatCannotBeHandledNow() {
    createRun(20);
    reader("a", 1);
    loseAndRestore();
    network.cut(Call.CONNECTIONS_SUBSCRIBERS);
    assertThrows(ConnectionsUnavailable.class, () -> serve(farDeadline()));
    network.restore(Call.CONNECTIONS_SUBSCRIBERS);
    reader("new", 20);
    serve(farDeadline());
    assertEquals(Set.of("a"), sockets.closed);
  }

  @Test
  void handlesALossAcrossTwoInvocations() {
    createRun(20);
    for (int i = 0; i < 10; i++) {
      reader("reader-" + i, 1);
    }
    loseAndRestore();
    sockets.beforeClose = () -> clock.advance(Duration.ofSeconds(1));
    serve(START.plusSeconds(5));
    assertEquals(5, sockets.closed.size());
    assertEquals(List.of(RUN), List.copyOf(woken), "hands over");
    reader("new", 21);
    serve(farDeadline());
    assertEquals(10, sockets.closed.size());
    assertFalse(sockets.closed.contains("new"));
  }

  @Test
  void keepsReadersConnectedWhenOnlyEventsAreLost() {
    createRun(20);
    reader("a", 5);
    broker.restore(RUN, "label", START, 21);
    serve(farDeadline());
    assertEquals(Set.of(), sockets.closed);
    assertEquals(range(5, 20), sockets.seqs("a"));
  }
}
