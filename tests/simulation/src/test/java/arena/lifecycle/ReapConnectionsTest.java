package arena.lifecycle;

import static arena.simulation.stores.ScriptedNetwork.once;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import arena.broker.Broker;
import arena.broker.Subscribers;
import arena.simulation.stores.Call;
import arena.simulation.stores.Observer;
import arena.simulation.stores.ScriptedNetwork;
import arena.simulation.stores.SimulatedConnections;
import arena.simulation.stores.SimulatedRedis;
import arena.simulation.stores.SimulatedSubscribers;
import arena.simulation.stores.SteppingClock;
import arena.stream.ConnectionSender;
import arena.stream.Connections;
import arena.stream.ConnectionsUnavailable;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Which connections the reaper forgets, and which not. */
class ReapConnectionsTest {
  private static final Instant START = Instant.parse("2026-01-31T12:00:00Z");
  private static final String RUN = "0123456789abcdef0123456789abcdef";

  private final SteppingClock clock = new SteppingClock(START);
  private final ScriptedNetwork wire = new ScriptedNetwork();
  private final Subscribers subscribers =
      new SimulatedSubscribers(
          new SimulatedRedis(clock, wire, Observer.NOBODY, Broker.BUFFER_EVENTS));
  private final Connections connections = new SimulatedConnections(clock, wire);
  private final Set<String> gone = new HashSet<>();
  private int asked;

  private final ConnectionSender sender =
      new ConnectionSender() {
        @Override
        public Sent send(String connectionId, String message) {
          throw new AssertionError("the reaper sends nothing");
        }

        @Override
        public boolean isGone(String connectionId) {
          asked++;
          return gone.contains(connectionId);
        }

        @Override
        public boolean close(String connectionId) {
          throw new AssertionError("the reaper closes nothing");
        }
      };

  private ReapReport reap() {
    return new ReapConnections(connections, subscribers, sender, clock).reap(Instant.MAX);
  }

  private static List<String> forgotten(ReapReport reaping) {
    return reaping.reaped().stream().flatMap(one -> one.connectionId().stream()).toList();
  }

  private void reader(String connectionId) {
    connections.connected(connectionId, clock.instant());
    connections.subscribed(connectionId, RUN);
    subscribers.put(RUN, connectionId, 1);
  }

  @Test
  void aConnectionThatIsGoneIsForgottenWithAllItSubscribedTo() {
    reader("there");
    reader("gone");
    gone.add("gone");
    clock.advance(Duration.ofMinutes(5));
    ReapReport reaping = reap();
    assertEquals(List.of("gone"), forgotten(reaping));
    assertEquals("connection_forgotten", reaping.reaped().getFirst().kind().label());
    assertEquals(Map.of("there", 1L), subscribers.cursors(RUN));
    assertEquals(Set.of("there"), connections.kept(List.of("there", "gone")));
    assertEquals(List.of("there"), connections.subscribers(RUN));
    assertEquals(List.of(), forgotten(reap()));
  }

  @Test
  void aConnectionThatIsOnlyJustOpeningIsNotAskedAfter() {
    reader("new");
    gone.add("new"); // the gateway has it once it is open
    clock.advance(Duration.ofSeconds(30));
    assertEquals(List.of(), forgotten(reap()));
    assertEquals(0, asked);
  }

  @Test
  void noConnectionIsOlderThanTheGatewayLetsItBe() {
    reader("old");
    clock.advance(Connections.MAX_LIFE.plusMinutes(5));
    assertEquals(List.of("old"), forgotten(reap()));
    assertEquals(0, asked, "nobody has to be asked");
  }

  @Test
  void subscriptionsThatOutlivedTheirConnectionAreForgotten() {
    reader("half");
    // Who forgets a connection does so in steps, and may die after the first one.
    wire.after(
        Call.CONNECTIONS_DISCONNECTED,
        once(
            _ -> {
              throw new ConnectionsUnavailable("no answer", null);
            }));
    assertThrows(ConnectionsUnavailable.class, () -> connections.disconnected("half"));
    assertEquals(List.of("half"), connections.subscribers(RUN));
    assertEquals(List.of("half"), forgotten(reap()));
    assertEquals(Map.of(), subscribers.cursors(RUN));
    assertEquals(List.of(), connections.subscribers(RUN));
  }

  @Test
  void theGatewayIsNotAskedWithoutEnd() {
    for (int i = 0; i < 1_500; i++) {
      connections.connected("connection-" + i, clock.instant());
      gone.add("connection-" + i);
    }
    clock.advance(Duration.ofMinutes(5));
    assertEquals(1_000, forgotten(reap()).size());
    assertEquals(1_000, asked);
    assertEquals(500, forgotten(reap()).size());
  }

  @Test
  void oneThatCannotBeSeenToIsNoReasonToLeaveTheOthers() {
    reader("bad");
    reader("gone");
    gone.add("bad");
    gone.add("gone");
    clock.advance(Duration.ofMinutes(5));
    wire.before(
        Call.CONNECTIONS_DISCONNECTED,
        connectionId -> {
          if (connectionId.equals("bad")) {
            throw new ConnectionsUnavailable("throttled", null);
          }
        });
    ReapReport reaping = reap();
    assertEquals(1, reaping.failed());
    assertEquals(List.of("gone"), forgotten(reaping));
  }

  @Test
  void pastItsDeadlineItBeginsNothing() {
    reader("gone");
    gone.add("gone");
    clock.advance(Duration.ofMinutes(5));
    ReapReport reaping =
        new ReapConnections(connections, subscribers, sender, clock).reap(clock.instant());
    assertEquals(List.of(), forgotten(reaping));
  }
}
