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

/** Which connections the reaper deletes, and which it keeps. */
class ReapConnectionsTest {
  private static final Instant START = Instant.parse("2026-01-31T12:00:00Z");
  private static final String RUN = "0123456789abcdef0123456789abcdef";

  private final SteppingClock clock = new SteppingClock(START);
  private final ScriptedNetwork network = new ScriptedNetwork();
  private final Subscribers subscribers =
      new SimulatedSubscribers(
          new SimulatedRedis(clock, network, Observer.NONE, Broker.BUFFER_EVENTS));
  private final Connections connections = new SimulatedConnections(clock, network);
  private final Set<String> gone = new HashSet<>();
  private int lookups;

  private final ConnectionSender sender =
      new ConnectionSender() {
        @Override
        public Result send(String connectionId, String message) {
          throw new AssertionError("the reaper sends nothing");
        }

        @Override
        public boolean isGone(String connectionId) {
          lookups++;
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

  private static List<String> deleted(ReapReport report) {
    return report.reaped().stream().flatMap(one -> one.connectionId().stream()).toList();
  }

  private void reader(String connectionId) {
    connections.connect(connectionId, clock.instant());
    connections.subscribe(connectionId, RUN);
    subscribers.put(RUN, connectionId, 1);
  }

  @Test
  void deletesClosedConnectionWithItsSubscriptions() {
    reader("open");
    reader("gone");
    gone.add("gone");
    clock.advance(Duration.ofMinutes(5));
    ReapReport report = reap();
    assertEquals(List.of("gone"), deleted(report));
    assertEquals("connection_forgotten", report.reaped().getFirst().kind().label());
    assertEquals(Map.of("open", 1L), subscribers.cursors(RUN));
    assertEquals(Set.of("open"), connections.existing(List.of("open", "gone")));
    assertEquals(List.of("open"), connections.subscribers(RUN));
    assertEquals(List.of(), deleted(reap()));
  }

  @Test
  void keepsNewConnectionWithoutLookup() {
    reader("new");
    gone.add("new"); // the gateway knows a connection only once it is open
    clock.advance(Duration.ofSeconds(30));
    assertEquals(List.of(), deleted(reap()));
    assertEquals(0, lookups);
  }

  @Test
  void deletesConnectionsOlderThanTheGatewayAllows() {
    reader("old");
    clock.advance(Connections.MAX_DURATION.plusMinutes(5));
    assertEquals(List.of("old"), deleted(reap()));
    assertEquals(0, lookups, "deleted without a lookup");
  }

  @Test
  void deletesSubscriptionsWithoutConnection() {
    reader("half");
    // Deleting a connection takes several steps and may fail after the first one.
    network.after(
        Call.CONNECTIONS_DISCONNECTED,
        once(
            _ -> {
              throw new ConnectionsUnavailable("no answer", null);
            }));
    assertThrows(ConnectionsUnavailable.class, () -> connections.disconnect("half"));
    assertEquals(List.of("half"), connections.subscribers(RUN));
    assertEquals(List.of("half"), deleted(reap()));
    assertEquals(Map.of(), subscribers.cursors(RUN));
    assertEquals(List.of(), connections.subscribers(RUN));
  }

  @Test
  void limitsLookupsPerInvocation() {
    for (int i = 0; i < 1_500; i++) {
      connections.connect("connection-" + i, clock.instant());
      gone.add("connection-" + i);
    }
    clock.advance(Duration.ofMinutes(5));
    assertEquals(1_000, deleted(reap()).size());
    assertEquals(1_000, lookups);
    assertEquals(500, deleted(reap()).size());
  }

  @Test
  void continuesAfterAFailure() {
    reader("bad");
    reader("gone");
    gone.add("bad");
    gone.add("gone");
    clock.advance(Duration.ofMinutes(5));
    network.before(
        Call.CONNECTIONS_DISCONNECTED,
        connectionId -> {
          if (connectionId.equals("bad")) {
            throw new ConnectionsUnavailable("throttled", null);
          }
        });
    ReapReport report = reap();
    assertEquals(1, report.failed());
    assertEquals(List.of("gone"), deleted(report));
  }

  @Test
  void startsNothingAfterItsDeadline() {
    reader("gone");
    gone.add("gone");
    clock.advance(Duration.ofMinutes(5));
    ReapReport report =
        new ReapConnections(connections, subscribers, sender, clock).reap(clock.instant());
    assertEquals(List.of(), deleted(report));
  }
}
