package arena.stream;

import static arena.simulation.stores.ScriptedNetwork.once;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.broker.ConnectionId;
import arena.error.Dependency;
import arena.error.DependencyUnavailable;
import arena.run.RunId;
import arena.simulation.stores.Call;
import arena.stream.Connections.Subscriber;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Readers whose cursors the broker loses are disconnected, so that they subscribe again; pending
 * subscriptions are adopted.
 */
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
    assertEquals(List.of(new Subscriber(NEW, false)), connections.subscribers(RUN));
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
    for (int i = 0; i < 100; i++) {
      reader(ConnectionId.of("reader-" + i), 1);
    }
    loseAndRestore();
    sockets.beforeClose = () -> clock.advance(Duration.ofSeconds(1));
    serve(START.plusSeconds(5));
    assertTrue(sockets.closed.size() < 50, sockets.closed.size() + " closed");
    assertEquals(List.of(RUN), List.copyOf(woken), "hands over");
    sockets.beforeClose = () -> {};
    reader(NEW, 21);
    serve(farDeadline());
    assertEquals(100, sockets.closed.size());
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

  @Test
  void disconnectsReadersWhoseCursorsMovedBack() {
    createRun(20);
    reader(A, 1);
    Runnable restoreBackup = redis.checkpoint();
    serve(farDeadline());
    assertEquals(range(1, 20), sockets.seqs(A));
    restoreBackup.run();
    serve(farDeadline());
    assertEquals(range(1, 20), sockets.seqs(A), "each event once");
    assertEquals(Set.of(A), sockets.closed);
    reader(NEW, 21);
    publish(21, 25);
    serve(farDeadline());
    assertEquals(range(21, 25), sockets.seqs(NEW));
  }

  @Test
  void adoptsPendingSubscription() {
    createRun(20);
    pendingReader(A, 5);
    serve(farDeadline());
    assertEquals(range(5, 20), sockets.seqs(A), "no other reader");
    pendingReader(B, 8);
    serve(farDeadline());
    assertEquals(List.of(), sockets.seqs(B), "not looked for next to another reader");
    servePending();
    assertEquals(range(8, 20), sockets.seqs(B));
    assertEquals(range(5, 20), sockets.seqs(A));
    assertEquals(Set.of(), sockets.closed);
    publish(21, 21);
    serve(farDeadline());
    assertEquals(range(8, 21), sockets.seqs(B));
  }

  @Test
  void adoptsPendingSubscriptionWhileAnotherFanOutIsActive() {
    keepLeases();
    createRun(20);
    reader(B, 1);
    network.after(Call.SUBSCRIBERS_HOLDER, _ -> clock.advance(Duration.ofMinutes(1)));
    AtomicBoolean done = new AtomicBoolean();
    sockets.beforeSend =
        () -> {
          if (done.compareAndSet(false, true)) {
            pendingReader(A, 3);
            assertEquals(0, servePending().events(), "the lease is held");
          }
        };
    serve(farDeadline());
    assertEquals(range(3, 20), sockets.seqs(A));
  }

  @Test
  void adoptsPendingSubscriptionAfterTheEnd() {
    createRun(20);
    reader(B, 21);
    pendingReader(A, 15);
    finalizeRun();
    serve(farDeadline());
    assertEquals(range(15, 20), sockets.seqs(A));
    assertEquals("closed", sockets.types(A).getLast());
    assertEquals(List.of("closed"), sockets.types(B));
    assertEquals(List.of(), connections.subscribers(RUN));
  }

  @Test
  void adoptsPendingSubscriptionAfterALossBeforeItDelivers() {
    createRun(20);
    pendingReader(A, 15);
    loseAndRestore();
    reader(B, 1);
    List<String> order = new ArrayList<>();
    network.before(Call.SUBSCRIBERS_ADOPT, _ -> order.add("adopt"));
    sockets.beforeSend = () -> order.add("send");
    serve(farDeadline());
    assertEquals("adopt", order.getFirst());
    assertEquals(range(15, 20), sockets.seqs(A));
    assertEquals(range(1, 20), sockets.seqs(B));
  }

  @Test
  void disconnectsReaderThatWasAdoptedByADyingFanOut() {
    createRun(20);
    pendingReader(A, 5);
    assertEquals(5, connections.adopt(RUN, A).orElseThrow()); // and then it dies
    subscribers.markLoss(RUN);
    serve(farDeadline());
    assertEquals(List.of(), sockets.seqs(A));
    assertEquals(Set.of(A), sockets.closed, "its client subscribes again");
  }

  @Test
  void removesCursorOfReaderThatUnsubscribesWhileItIsAdopted() {
    createRun(20);
    pendingReader(A, 5);
    network.after(
        Call.SUBSCRIBERS_ADOPT,
        _ -> {
          connections.unsubscribe(RUN, A);
        });
    servePending();
    assertEquals(List.of(), sockets.seqs(A));
    assertEquals(Map.of(), subscribers.cursors(RUN));
  }

  @Test
  void keepsPendingSubscriptionWhenTheBrokerFailsAgain() {
    createRun(20);
    pendingReader(A, 5);
    network.cut(Call.SUBSCRIBERS_MARK_LOSS);
    assertThrows(DependencyUnavailable.class, this::servePending);
    network.restore(Call.SUBSCRIBERS_MARK_LOSS);
    servePending();
    assertEquals(range(5, 20), sockets.seqs(A));
  }

  @Test
  void removesCursorOfReaderThatUnsubscribedDuringAnOutage() {
    createRun(20);
    reader(A, 5);
    connections.subscribePending(RUN, A, 9);
    connections.unsubscribePending(RUN, A);
    servePending();
    assertEquals(Map.of(), subscribers.cursors(RUN));
    assertEquals(List.of(), connections.subscribers(RUN));
    assertEquals(List.of(), sockets.seqs(A));
    assertEquals(Set.of(), sockets.closed);
  }

  @Test
  void keepsReaderThatSubscribesAgainWhileItsCursorIsRemoved() {
    createRun(20);
    reader(A, 5);
    connections.unsubscribePending(RUN, A);
    network.after(Call.SUBSCRIBERS_REMOVE, once(_ -> reader(A, 11)));
    servePending();
    assertEquals(range(11, 20), sockets.seqs(A));
    assertEquals(Set.of(), sockets.closed);
  }

  @Test
  void disconnectsReaderWhoseNewCursorIsRemoved() {
    createRun(20);
    reader(A, 5);
    connections.unsubscribePending(RUN, A);
    network.before(Call.SUBSCRIBERS_REMOVE, once(_ -> reader(A, 11)));
    servePending();
    assertEquals(List.of(), sockets.seqs(A));
    assertEquals(Set.of(A), sockets.closed, "its client subscribes again");
  }

  @Test
  void disconnectsItAlsoIfItsNewSubscriptionIsNotListedYet() {
    createRun(20);
    reader(A, 5);
    connections.unsubscribePending(RUN, A);
    network.before(Call.SUBSCRIBERS_REMOVE, once(_ -> subscribers.put(RUN, A, 11)));
    network.after(
        Call.CONNECTIONS_END_UNSUBSCRIBED,
        once(
            _ -> {
              network.lag(Duration.ofSeconds(3));
              connections.subscribe(RUN, A);
            }));
    servePending();
    assertEquals(List.of(), sockets.seqs(A));
    assertEquals(Set.of(A), sockets.closed, "its client subscribes again");
  }

  @Test
  void startsARecoveryWhenTheBrokerFails() {
    createRun(20);
    reader(A, 1);
    AtomicInteger recoveries = new AtomicInteger();
    fanOutInvoker =
        new FanOutInvoker() {
          @Override
          public void wake(RunId runId) {
            throw new AssertionError("does not hand over");
          }

          @Override
          public void recover() {
            recoveries.incrementAndGet();
          }
        };
    for (Call call : List.of(Call.SUBSCRIBERS_ACQUIRE, Call.SUBSCRIBERS_LOOK)) {
      network.cut(call);
      assertThrows(DependencyUnavailable.class, () -> serve(farDeadline()));
      network.restore(call);
    }
    assertEquals(2, recoveries.get());
  }

  @Test
  void movesCursorBackToAPendingSubscription() {
    createRun(20);
    reader(A, 1);
    serve(farDeadline());
    connections.subscribePending(RUN, A, 11);
    servePending();
    List<Long> expected = new ArrayList<>(range(1, 20));
    expected.addAll(range(11, 20));
    assertEquals(expected, sockets.seqs(A));
  }

  @Test
  void notifiesReadersThatTheyAreBehindAndFails() {
    createRun(20);
    reader(A, 1);
    pendingReader(B, 5);
    sockets.answers.put(NEW, ConnectionSender.Result.GONE);
    pendingReader(NEW, 5);
    network.cut(Call.SUBSCRIBERS_ACQUIRE);
    DependencyUnavailable failure =
        assertThrows(DependencyUnavailable.class, () -> serve(farDeadline()));
    assertEquals(Dependency.BROKER, failure.dependency());
    for (ConnectionId reader : List.of(A, B)) {
      assertEquals(1, sockets.received.get(reader).size());
      JsonNode message = sockets.received.get(reader).peek();
      assertEquals("error", message.path("type").asText());
      assertEquals("behind", message.path("code").asText());
      assertEquals(RUN.value(), message.path("run_id").asText());
    }
    network.restore(Call.SUBSCRIBERS_ACQUIRE);
    sockets.answers.remove(NEW);
    servePending();
    assertEquals(range(1, 20), sockets.seqs(A));
    assertEquals(range(5, 20), sockets.seqs(B));
  }

  @Test
  void notifiesReadersWhenTheBrokerFailsWhileItServes() {
    createRun(20);
    reader(A, 1);
    network.cut(Call.SUBSCRIBERS_LOOK);
    network.cut(Call.CONNECTIONS_SUBSCRIBERS);
    assertEquals(
        Dependency.BROKER,
        assertThrows(DependencyUnavailable.class, () -> serve(farDeadline())).dependency(),
        "also if the readers cannot be listed");
    network.restore(Call.CONNECTIONS_SUBSCRIBERS);
    assertThrows(DependencyUnavailable.class, () -> serve(farDeadline()));
    assertEquals("behind", sockets.received.get(A).peek().path("code").asText());
  }
}
