package arena.lifecycle;

import static org.junit.jupiter.api.Assertions.assertEquals;

import arena.memory.MemoryBroker;
import arena.memory.MemoryConnections;
import arena.memory.SteppingClock;
import arena.stream.Connections;
import arena.stream.Gateway;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Which connections the reaper forgets, and which not. */
class ReapConnectionsTest {
  private static final Instant START = Instant.parse("2026-01-31T12:00:00Z");
  private static final String RUN = "0123456789abcdef0123456789abcdef";

  private final SteppingClock clock = new SteppingClock(START);
  private final MemoryBroker broker = new MemoryBroker(clock);
  private final MemoryConnections connections = new MemoryConnections();
  private final Set<String> gone = new HashSet<>();
  private int asked;

  private final Gateway gateway =
      new Gateway() {
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

  private Reaping reap() {
    return new ReapConnections(connections, broker, gateway, clock).reap(Instant.MAX);
  }

  private static List<String> forgotten(Reaping reaping) {
    return reaping.reaped().stream().flatMap(one -> one.connectionId().stream()).toList();
  }

  private void reader(String connectionId) {
    connections.connected(connectionId, clock.instant());
    connections.subscribed(connectionId, RUN);
    broker.put(RUN, connectionId, 1);
  }

  @Test
  void aConnectionThatIsGoneIsForgottenWithAllItSubscribedTo() {
    reader("there");
    reader("gone");
    gone.add("gone");
    clock.advance(Duration.ofMinutes(5));
    Reaping reaping = reap();
    assertEquals(List.of("gone"), forgotten(reaping));
    assertEquals("connection_forgotten", reaping.reaped().getFirst().action());
    assertEquals(Map.of("there", 1L), broker.cursors(RUN));
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
    connections.forgetAllButSubscriptions("half");
    assertEquals(List.of("half"), forgotten(reap()));
    assertEquals(Map.of(), broker.cursors(RUN));
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
    MemoryConnections failing =
        new MemoryConnections() {
          @Override
          public synchronized List<String> disconnected(String connectionId) {
            if (connectionId.equals("bad")) {
              throw new arena.stream.ConnectionsUnavailable("throttled", null);
            }
            return connections.disconnected(connectionId);
          }

          @Override
          public synchronized Page page(Optional<String> after) {
            return connections.page(after);
          }
        };
    Reaping reaping = new ReapConnections(failing, broker, gateway, clock).reap(Instant.MAX);
    assertEquals(1, reaping.failed());
    assertEquals(List.of("gone"), forgotten(reaping));
  }

  @Test
  void pastItsDeadlineItBeginsNothing() {
    reader("gone");
    gone.add("gone");
    clock.advance(Duration.ofMinutes(5));
    Reaping reaping =
        new ReapConnections(connections, broker, gateway, clock).reap(clock.instant());
    assertEquals(List.of(), forgotten(reaping));
  }
}
