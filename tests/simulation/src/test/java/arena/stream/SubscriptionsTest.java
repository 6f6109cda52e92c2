package arena.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import arena.broker.Broker;
import arena.broker.Subscribers;
import arena.catalog.Catalog;
import arena.journal.Journal;
import arena.simulation.stores.Call;
import arena.simulation.stores.Observer;
import arena.simulation.stores.RunFixtures;
import arena.simulation.stores.ScriptedNetwork;
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
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a connection is answered when a store, or the gateway, has trouble. */
class SubscriptionsTest {
  private static final String RUN = "0123456789abcdef0123456789abcdef";
  private static final Instant START = Instant.parse("2026-01-31T12:00:00Z");
  private static final String SUBSCRIBE =
      "{\"action\":\"subscribe\",\"run_id\":\"%s\"}".formatted(RUN);

  private final SteppingClock clock = new SteppingClock(START);
  private final ScriptedNetwork wire = new ScriptedNetwork();
  private final SimulatedTables tables = new SimulatedTables(clock, wire, Observer.NOBODY);
  private final Catalog catalog = new SimulatedCatalog(tables);
  private final Journal journal = new SimulatedJournal(tables);
  private final Subscribers subscribers =
      new SimulatedSubscribers(
          new SimulatedRedis(clock, wire, Observer.NOBODY, Broker.BUFFER_EVENTS));
  private final SimulatedConnections connections = new SimulatedConnections(clock, wire);
  private final List<String> woken = new ArrayList<>();
  private final Deque<ConnectionSender.Sent> answers = new ArrayDeque<>();
  private final List<JsonNode> got = new ArrayList<>();
  private final List<String> closed = new ArrayList<>();
  private FanOutInvoker fanOutInvoker = woken::add;
  private boolean closable = true;

  private final ConnectionSender sender =
      new ConnectionSender() {
        @Override
        public Sent send(String connectionId, String message) {
          Sent answer = answers.isEmpty() ? Sent.DELIVERED : answers.pop();
          if (answer == Sent.DELIVERED) {
            try {
              got.add(new JsonMapper().readTree(message));
            } catch (JsonProcessingException e) {
              throw new AssertionError(e);
            }
          }
          return answer;
        }

        @Override
        public boolean isGone(String connectionId) {
          throw new AssertionError("nobody asks");
        }

        @Override
        public boolean close(String connectionId) {
          return closable && closed.add(connectionId);
        }
      };

  @BeforeEach
  void aRunAndAConnection() {
    RunFixtures.begin(journal, RUN, 10, START);
    connections.connected("a", START);
  }

  private void receive(String message) {
    new Subscriptions(
            connections,
            subscribers,
            catalog,
            fanOutInvoker,
            sender,
            clock,
            new VirtualThreadTaskRunner())
        .receive("a", message);
  }

  private void assertError(String code) {
    assertEquals(1, got.size(), got.toString());
    assertEquals("error", got.getFirst().path("type").asText());
    assertEquals(code, got.getFirst().path("code").asText());
    assertEquals(RUN, got.getFirst().path("run_id").asText(), "it says of which run");
  }

  @Test
  void whoSubscribesHasACursorAndWakesTheFanOut() {
    receive(SUBSCRIBE);
    assertEquals(Map.of("a", 1L), subscribers.cursors(RUN));
    assertEquals(Set.of(RUN), connections.subscriptions("a"));
    assertEquals(List.of(RUN), woken);
    assertEquals(List.of(), got);
  }

  @Test
  void oneReaderTooManyIsToldAndChangesNothing() {
    for (int i = 0; i < Subscribers.MAX_READERS; i++) {
      subscribers.put(RUN, "reader-" + i, 1);
    }
    receive(SUBSCRIBE);
    assertError("too_many_readers");
    assertEquals(Set.of(), connections.subscriptions("a"));
    assertEquals(List.of(), woken);
  }

  @Test
  void oneSubscriptionTooManyIsToldAndChangesNothing() {
    for (int i = 0; i < Connections.MAX_SUBSCRIPTIONS; i++) {
      connections.subscribed("a", "run-" + i);
    }
    receive(SUBSCRIBE);
    assertError("too_many_subscriptions");
    assertEquals(Map.of(), subscribers.cursors(RUN));
    assertEquals(List.of(), woken);
  }

  @Test
  void aBrokerThatIsAwayIsToldAndNotPassedOverInSilence() {
    wire.cut(Call.SUBSCRIBERS_PUT);
    receive(SUBSCRIBE);
    assertError("unavailable");
  }

  @Test
  void aCatalogThatIsAwayIsTold() {
    wire.cut(Call.CATALOG_FIND);
    receive(SUBSCRIBE);
    assertError("unavailable");
  }

  @Test
  void aFanOutThatCannotBeWokenIsTold() {
    fanOutInvoker =
        _ -> {
          throw new NotifierUnavailable("no answer", null);
        };
    receive(SUBSCRIBE);
    assertError("unavailable");
  }

  @Test
  void whatNobodyForesawIsToldWithoutItsDetails() {
    fanOutInvoker =
        _ -> {
          throw new IllegalStateException("a secret");
        };
    receive(SUBSCRIBE);
    assertError("internal_error");
    assertEquals(-1, got.getFirst().toString().indexOf("secret"));
  }

  @Test
  void whoseAnswerIsRefusedIsDisconnected() {
    answers.add(ConnectionSender.Sent.REFUSED);
    receive("{\"action\":\"ping\"}");
    assertEquals(List.of("a"), closed);
  }

  @Test
  void whoCanBeNeitherAnsweredNorDisconnectedIsLeftToTheGatewayToTell() {
    answers.add(ConnectionSender.Sent.REFUSED);
    closable = false;
    assertThrows(ReplyFailed.class, () -> receive("{\"action\":\"ping\"}"));
  }

  @Test
  void anAnswerWaitsForABusyGateway() {
    answers.add(ConnectionSender.Sent.LATER);
    answers.add(ConnectionSender.Sent.LATER);
    receive("{\"action\":\"ping\"}");
    assertEquals("pong", got.getFirst().path("type").asText());
    assertEquals(List.of(), closed);
  }

  @Test
  void aConnectionThatTakesNoAnswerIsClosedRatherThanLeftToWait() {
    for (int i = 0; i < 10; i++) {
      answers.add(ConnectionSender.Sent.LATER);
    }
    receive("{\"action\":\"ping\"}");
    assertEquals(List.of("a"), closed);
  }
}
