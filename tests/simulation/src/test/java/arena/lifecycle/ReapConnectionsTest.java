package arena.lifecycle;

import static arena.simulation.stores.ScriptedNetwork.once;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import arena.access.Principal;
import arena.broker.Broker;
import arena.broker.ConnectionId;
import arena.broker.Subscribers;
import arena.error.Dependency;
import arena.error.DependencyUnavailable;
import arena.run.RunId;
import arena.simulation.stores.Call;
import arena.simulation.stores.Observer;
import arena.simulation.stores.ScriptedNetwork;
import arena.simulation.stores.SimulatedConnections;
import arena.simulation.stores.SimulatedRedis;
import arena.simulation.stores.SimulatedSubscribers;
import arena.simulation.stores.SteppingClock;
import arena.stream.ConnectionSender;
import arena.stream.Connections;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Which connections the reaper deletes, and which it keeps. */
class ReapConnectionsTest {
  private static final ConnectionId NEW = ConnectionId.of("new");
  private static final ConnectionId HALF = ConnectionId.of("half");
  private static final ConnectionId BAD = ConnectionId.of("bad");
  private static final ConnectionId GONE = ConnectionId.of("gone");
  private static final ConnectionId OPEN = ConnectionId.of("open");
  private static final Instant START = Instant.parse("2026-01-31T12:00:00Z");
  private static final RunId RUN = RunId.of("0123456789abcdef0123456789abcdef");

  private final SteppingClock clock = new SteppingClock(START);
  private final ScriptedNetwork network = new ScriptedNetwork();
  private final Subscribers subscribers =
      new SimulatedSubscribers(
          new SimulatedRedis(clock, network, Observer.NONE, Broker.BUFFER_EVENTS));
  private final Connections connections = new SimulatedConnections(clock, network);
  private final Set<ConnectionId> gone = new HashSet<>();
  private final List<RunId> woken = new ArrayList<>();
  private int lookups;

  private final ConnectionSender sender =
      new ConnectionSender() {
        @Override
        public Result send(ConnectionId connectionId, String message) {
          throw new AssertionError("the reaper sends nothing");
        }

        @Override
        public boolean isGone(ConnectionId connectionId) {
          lookups++;
          return gone.contains(connectionId);
        }

        @Override
        public boolean close(ConnectionId connectionId) {
          throw new AssertionError("the reaper closes nothing");
        }
      };

  private ReapReport reap() {
    return new ReapConnections(connections, subscribers, sender, woken::add, clock)
        .reap(Instant.MAX);
  }

  private static List<ConnectionId> deleted(ReapReport report) {
    return report.reaped().stream().flatMap(one -> one.connectionId().stream()).toList();
  }

  private void reader(ConnectionId connectionId) {
    connections.connect(connectionId, Principal.LOCAL, clock.instant());
    connections.subscribe(RUN, connectionId);
    subscribers.put(RUN, connectionId, 1);
  }

  @Test
  void deletesClosedConnectionWithItsSubscriptions() {
    reader(OPEN);
    reader(GONE);
    gone.add(GONE);
    clock.advance(Duration.ofMinutes(5));
    ReapReport report = reap();
    assertEquals(List.of(GONE), deleted(report));
    assertEquals("connection_forgotten", report.reaped().getFirst().kind().label());
    assertEquals(Map.of(OPEN, 1L), subscribers.cursors(RUN));
    assertEquals(Set.of(OPEN), connections.existing(List.of(OPEN, GONE)));
    assertEquals(List.of(new Connections.Subscriber(OPEN, false)), connections.subscribers(RUN));
    assertEquals(List.of(), deleted(reap()));
  }

  @Test
  void keepsNewConnectionWithoutLookup() {
    reader(NEW);
    gone.add(NEW); // the gateway knows a connection only once it is open
    clock.advance(Duration.ofSeconds(30));
    assertEquals(List.of(), deleted(reap()));
    assertEquals(0, lookups);
  }

  @Test
  void deletesConnectionsOlderThanTheGatewayAllows() {
    reader(ConnectionId.of("old"));
    clock.advance(Connections.MAX_DURATION.plusMinutes(5));
    assertEquals(List.of(ConnectionId.of("old")), deleted(reap()));
    assertEquals(0, lookups, "deleted without a lookup");
  }

  @Test
  void deletesSubscriptionsWithoutConnection() {
    reader(HALF);
    // Deleting a connection takes several steps and may fail after the first one.
    network.after(
        Call.CONNECTIONS_DISCONNECTED,
        once(
            _ -> {
              throw Dependency.CONNECTIONS.unavailable("no answer", null);
            }));
    assertEquals(
        Dependency.CONNECTIONS,
        assertThrows(
                DependencyUnavailable.class, () -> connections.disconnect(ConnectionId.of("half")))
            .dependency());
    assertEquals(List.of(new Connections.Subscriber(HALF, false)), connections.subscribers(RUN));
    assertEquals(List.of(HALF), deleted(reap()));
    assertEquals(Map.of(), subscribers.cursors(RUN));
    assertEquals(List.of(), connections.subscribers(RUN));
  }

  @Test
  void wakesFanOutOfPendingSubscriptionWhenTheBrokerIsBack() {
    reader(OPEN);
    RunId other = RunId.of("fedcba9876543210fedcba9876543210");
    connections.subscribePending(other, OPEN, 3);
    network.cut(Call.SUBSCRIBERS_AVAILABLE);
    reap();
    assertEquals(List.of(), woken);
    network.restore(Call.SUBSCRIBERS_AVAILABLE);
    reap();
    assertEquals(List.of(other), woken);
    connections.adopt(other, OPEN);
    reap();
    assertEquals(List.of(other), woken);
  }

  @Test
  void limitsLookupsPerInvocation() {
    for (int i = 0; i < 1_500; i++) {
      connections.connect(ConnectionId.of("connection-" + i), Principal.LOCAL, clock.instant());
      gone.add(ConnectionId.of("connection-" + i));
    }
    clock.advance(Duration.ofMinutes(5));
    assertEquals(1_000, deleted(reap()).size());
    assertEquals(1_000, lookups);
    assertEquals(500, deleted(reap()).size());
  }

  @Test
  void continuesAfterAFailure() {
    reader(BAD);
    reader(GONE);
    gone.add(BAD);
    gone.add(GONE);
    clock.advance(Duration.ofMinutes(5));
    network.before(
        Call.CONNECTIONS_DISCONNECTED,
        connectionId -> {
          if (connectionId.equals("bad")) {
            throw Dependency.CONNECTIONS.unavailable("throttled", null);
          }
        });
    ReapReport report = reap();
    assertEquals(1, report.failed());
    assertEquals(List.of(GONE), deleted(report));
  }

  @Test
  void startsNothingAfterItsDeadline() {
    reader(GONE);
    gone.add(GONE);
    clock.advance(Duration.ofMinutes(5));
    ReapReport report =
        new ReapConnections(connections, subscribers, sender, woken::add, clock)
            .reap(clock.instant());
    assertEquals(List.of(), deleted(report));
  }
}
