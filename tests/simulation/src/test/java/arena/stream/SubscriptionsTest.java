package arena.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.access.ActiveTokens;
import arena.access.Principal;
import arena.broker.Broker;
import arena.broker.ConnectionId;
import arena.broker.Subscribers;
import arena.catalog.Catalog;
import arena.error.Dependency;
import arena.journal.Journal;
import arena.journal.JournalEntry;
import arena.run.RunId;
import arena.simulation.stores.Call;
import arena.simulation.stores.Observer;
import arena.simulation.stores.RunFixtures;
import arena.simulation.stores.ScriptedNetwork;
import arena.simulation.stores.SimulatedAccess;
import arena.simulation.stores.SimulatedCatalog;
import arena.simulation.stores.SimulatedConnections;
import arena.simulation.stores.SimulatedJournal;
import arena.simulation.stores.SimulatedRedis;
import arena.simulation.stores.SimulatedSubscribers;
import arena.simulation.stores.SimulatedTables;
import arena.simulation.stores.SteppingClock;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Responses to a connection when a store or the gateway fails. */
class SubscriptionsTest {
  private static final ConnectionId A = ConnectionId.of("a");
  private static final RunId RUN = RunId.of("0123456789abcdef0123456789abcdef");
  private static final Instant START = Instant.parse("2026-01-31T12:00:00Z");
  private static final String UNSUBSCRIBE =
      "{\"action\":\"unsubscribe\",\"run_id\":\"%s\"}".formatted(RUN);
  private static final String SUBSCRIBE =
      "{\"action\":\"subscribe\",\"run_id\":\"%s\"}".formatted(RUN);

  private final SteppingClock clock = new SteppingClock(START);
  private final ScriptedNetwork network = new ScriptedNetwork();
  private final SimulatedTables tables = new SimulatedTables(clock, network, Observer.NONE);
  private final Catalog catalog = new SimulatedCatalog(tables);
  private final Journal journal = new SimulatedJournal(tables);
  private final Subscribers subscribers =
      new SimulatedSubscribers(
          new SimulatedRedis(clock, network, Observer.NONE, Broker.BUFFER_EVENTS));
  private final SimulatedConnections connections = new SimulatedConnections(clock, network);
  private final List<RunId> woken = new ArrayList<>();
  private final Deque<ConnectionSender.Result> answers = new ArrayDeque<>();
  private final List<JsonNode> received = new ArrayList<>();
  private final List<ConnectionId> closed = new ArrayList<>();
  private final List<RunId> wokenForPending = new ArrayList<>();
  private int recoveries;
  private FanOutInvoker fanOutInvoker =
      new FanOutInvoker() {
        @Override
        public void wake(RunId runId) {
          woken.add(runId);
        }

        @Override
        public void wakeForPending(RunId runId) {
          wokenForPending.add(runId);
        }

        @Override
        public void recover() {
          recoveries++;
        }
      };
  private boolean closeSucceeds = true;

  private final ConnectionSender sender =
      new ConnectionSender() {
        @Override
        public Result send(ConnectionId connectionId, String message) {
          Result answer = answers.isEmpty() ? Result.DELIVERED : answers.pop();
          if (answer == Result.DELIVERED) {
            try {
              received.add(new JsonMapper().readTree(message));
            } catch (JsonProcessingException e) {
              throw new AssertionError(e);
            }
          }
          return answer;
        }

        @Override
        public boolean isGone(ConnectionId connectionId) {
          throw new AssertionError("unexpected call");
        }

        @Override
        public boolean close(ConnectionId connectionId) {
          return closeSucceeds && closed.add(connectionId);
        }
      };

  private final SimulatedAccess access = new SimulatedAccess();
  private final ActiveTokens tokens = new ActiveTokens(access, clock);

  @BeforeEach
  void createRunAndConnection() {
    RunFixtures.begin(journal, RUN, 10, START);
    connections.connect(A, Principal.LOCAL, START);
  }

  private void receive(String message) {
    new Subscriptions(
            connections,
            new ConnectionAccess(connections, tokens),
            subscribers,
            catalog,
            fanOutInvoker,
            sender,
            clock,
            new VirtualThreadTaskRunner())
        .receive(A, message);
  }

  private void assertError(String code) {
    assertEquals(1, received.size(), received.toString());
    assertEquals("error", received.getFirst().path("type").asText());
    assertEquals(code, received.getFirst().path("code").asText());
    assertEquals(RUN.value(), received.getFirst().path("run_id").asText(), "run_id of the error");
  }

  @Test
  void subscribeCreatesCursorAndInvokesFanOut() {
    receive(SUBSCRIBE);
    assertEquals(Map.of(A, 1L), subscribers.cursors(RUN));
    assertEquals(Set.of(RUN), connections.subscriptions(A));
    assertEquals(List.of(RUN), woken);
    assertEquals(List.of(), received);
  }

  @Test
  void rejectsSubscribesThatComeTooOften() {
    for (int i = 0; i < Subscribers.MAX_ADMISSIONS_PER_RUN; i++) {
      receive(SUBSCRIBE);
    }
    assertEquals(List.of(), received);
    int wakeUps = woken.size();
    receive(SUBSCRIBE);
    assertError("too_many_requests");
    assertEquals(wakeUps, woken.size(), "nothing is sent again");
    assertEquals(Set.of(RUN), connections.subscriptions(A), "the subscription stays");

    clock.advance(Subscribers.ADMISSION_WINDOW);
    receive(SUBSCRIBE);
    assertEquals(wakeUps + 1, woken.size());
  }

  @Test
  void rejectsTooManyReadersWithoutEffect() {
    for (int i = 0; i < Subscribers.MAX_READERS; i++) {
      subscribers.put(RUN, ConnectionId.of("reader-" + i), 1);
    }
    receive(SUBSCRIBE);
    assertError("too_many_readers");
    assertEquals(Set.of(), connections.subscriptions(A));
    assertEquals(List.of(), woken);
  }

  @Test
  void rejectsTooManySubscriptionsWithoutEffect() {
    for (int i = 0; i < Connections.MAX_SUBSCRIPTIONS; i++) {
      connections.subscribe(RunId.of(String.format(Locale.ROOT, "%032x", i)), A);
    }
    receive(SUBSCRIBE);
    assertError("too_many_subscriptions");
    assertEquals(Map.of(), subscribers.cursors(RUN));
    assertEquals(List.of(), woken);
  }

  @Test
  void reportsUnavailableBroker() {
    network.cut(Call.SUBSCRIBERS_PUT);
    receive(SUBSCRIBE);
    assertError("unavailable");
  }

  @Test
  void acceptsSubscriptionWhileTheBrokerIsUnavailable() {
    network.cut(Call.SUBSCRIBERS_AVAILABLE);
    network.before(
        Call.SUBSCRIBERS_PUT,
        _ -> {
          throw new AssertionError("a late cursor could move a later one back");
        });
    receive(SUBSCRIBE);
    assertError("behind");
    assertEquals(List.of(new Connections.Subscriber(A, true)), connections.subscribers(RUN));
    assertEquals(1, recoveries);
    assertEquals(List.of(), wokenForPending);
    assertEquals(List.of(), woken);
    assertEquals(OptionalLong.of(1), connections.adopt(RUN, A));
  }

  @Test
  void subscribesAgainWhilePending() {
    network.cut(Call.SUBSCRIBERS_AVAILABLE);
    receive(SUBSCRIBE);
    assertError("behind");
    network.restore(Call.SUBSCRIBERS_AVAILABLE);
    receive(SUBSCRIBE);
    assertEquals(Map.of(A, 1L), subscribers.cursors(RUN));
    assertEquals(OptionalLong.empty(), connections.adopt(RUN, A));
    assertEquals(1, received.size(), "no further message");
  }

  @Test
  void unsubscribesWhilePending() {
    network.cut(Call.SUBSCRIBERS_AVAILABLE);
    network.cut(Call.SUBSCRIBERS_REMOVE);
    receive(SUBSCRIBE);
    receive(UNSUBSCRIBE);
    assertError("behind");
    assertEquals(Set.of(), connections.subscriptions(A));
    assertEquals(OptionalLong.empty(), connections.adopt(RUN, A));
  }

  @Test
  void marksSubscriptionAsEndingWhileTheBrokerIsUnavailable() {
    receive(SUBSCRIBE);
    network.cut(Call.SUBSCRIBERS_AVAILABLE);
    network.cut(Call.SUBSCRIBERS_REMOVE);
    receive(UNSUBSCRIBE);
    assertEquals(List.of(), received);
    assertEquals(List.of(new Connections.Subscriber(A, false, true)), connections.subscribers(RUN));
    assertEquals(1, recoveries);
    network.restore(Call.SUBSCRIBERS_AVAILABLE);
    receive(SUBSCRIBE);
    assertEquals(List.of(new Connections.Subscriber(A, false)), connections.subscribers(RUN));
  }

  private void endsWhileSubscribing(long fromSeq, long atSeq) {
    network.after(
        Call.CONNECTIONS_SUBSCRIBED,
        _ -> {
          long fence = subscribers.acquire(RUN, Duration.ofSeconds(10)).orElseThrow();
          assertTrue(subscribers.advance(RUN, fence, A, fromSeq, atSeq));
          assertTrue(subscribers.finish(RUN, fence, A, atSeq));
        });
    receive(
        String.format(
            Locale.ROOT,
            "{\"action\":\"subscribe\",\"run_id\":\"%s\",\"from_seq\":%d}",
            RUN,
            fromSeq));
    assertEquals(List.of(), woken);
    assertEquals(List.of(), received);
    assertEquals(List.of(), closed);
  }

  @Test
  void endsSubscriptionWhoseStreamEndsWhileItIsStored() {
    endsWhileSubscribing(1, 2);
    assertEquals(List.of(), connections.subscribers(RUN), "its events would be sent again");
    assertEquals(List.of(), wokenForPending);
  }

  @Test
  void endsSubscriptionThatOverflowsWhileItIsStored() {
    journal.append(new JournalEntry(RUN, 1, List.of(FanOutFixture.event(1)), Optional.empty()));
    endsWhileSubscribing(1, 1);
    assertEquals(List.of(), connections.subscribers(RUN), "events may follow the overflow");
    assertEquals(List.of(), wokenForPending);
  }

  @Test
  void keepsSubscriptionAtTheEndThatAnEarlierStreamMayHaveEnded() {
    long next = catalog.find(RUN).orElseThrow().nEvents() + 1;
    endsWhileSubscribing(next, next);
    assertEquals(List.of(RUN), wokenForPending);
    assertEquals(List.of(new Connections.Subscriber(A, true)), connections.subscribers(RUN));
    connections.endSubscription(RUN, A); // by the fan-out that removed the cursor
    assertEquals(OptionalLong.of(next), connections.adopt(RUN, A), "a fan-out stores the cursor");
  }

  @Test
  void closesConnectionWhoseCursorIsLostWhileItSubscribes() {
    network.after(Call.CONNECTIONS_SUBSCRIBED, _ -> subscribers.remove(RUN, A));
    receive(SUBSCRIBE);
    assertEquals(List.of(A), closed, "its client subscribes again");
    assertEquals(List.of(), woken);
    assertEquals(List.of(), wokenForPending);
  }

  @Test
  void leavesConnectionThatCannotBeClosedToAFanOut() {
    closeSucceeds = false;
    network.after(Call.CONNECTIONS_SUBSCRIBED, _ -> subscribers.remove(RUN, A));
    receive(SUBSCRIBE);
    assertEquals(List.of(RUN), wokenForPending);
    assertEquals(List.of(new Connections.Subscriber(A, false)), connections.subscribers(RUN));
  }

  @Test
  void limitsPendingSubscriptions() {
    for (int i = 0; i < Connections.MAX_SUBSCRIPTIONS; i++) {
      connections.subscribe(RunId.of(String.format(Locale.ROOT, "%032x", i)), A);
    }
    network.cut(Call.SUBSCRIBERS_AVAILABLE);
    receive(SUBSCRIBE);
    assertError("too_many_subscriptions");
    assertEquals(0, recoveries);
  }

  @Test
  void reportsUnavailableCatalog() {
    network.cut(Call.CATALOG_FIND);
    receive(SUBSCRIBE);
    assertError("unavailable");
  }

  @Test
  void reportsFailedFanOutInvocation() {
    fanOutInvoker =
        _ -> {
          throw Dependency.FAN_OUT.unavailable("no answer", null);
        };
    receive(SUBSCRIBE);
    assertError("unavailable");
  }

  @Test
  void reportsInternalErrorWithoutDetails() {
    fanOutInvoker =
        _ -> {
          throw new IllegalStateException("a secret");
        };
    receive(SUBSCRIBE);
    assertError("internal_error");
    assertEquals(-1, received.getFirst().toString().indexOf("secret"));
  }

  @Test
  void disconnectsReaderWhoseResponseIsRefused() {
    answers.add(ConnectionSender.Result.REFUSED);
    receive("{\"action\":\"ping\"}");
    assertEquals(List.of(A), closed);
  }

  @Test
  void failsWhenNeitherResponseNorCloseSucceeds() {
    answers.add(ConnectionSender.Result.REFUSED);
    closeSucceeds = false;
    assertThrows(ReplyFailed.class, () -> receive("{\"action\":\"ping\"}"));
  }

  @Test
  void retriesResponseOnBusyGateway() {
    answers.add(ConnectionSender.Result.LATER);
    answers.add(ConnectionSender.Result.LATER);
    receive("{\"action\":\"ping\"}");
    assertEquals("pong", received.getFirst().path("type").asText());
    assertEquals(List.of(), closed);
  }

  @Test
  void closesConnectionThatAcceptsNoResponse() {
    for (int i = 0; i < 10; i++) {
      answers.add(ConnectionSender.Result.LATER);
    }
    receive("{\"action\":\"ping\"}");
    assertEquals(List.of(A), closed);
  }
}
