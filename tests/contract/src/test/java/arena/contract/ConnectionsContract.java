package arena.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.run.RunId;
import arena.stream.Connections;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** The contract of {@link Connections}; each implementation has a subclass. */
abstract class ConnectionsContract {
  /** The connections under test. */
  abstract Connections connections();

  private String connected() {
    String connectionId = UUID.randomUUID() + "=";
    connections().connect(connectionId, Instant.now());
    return connectionId;
  }

  private List<String> subscribed(String connectionId, int count) {
    List<String> runIds = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String runId = RunId.random();
      assertTrue(connections().subscribe(connectionId, runId));
      runIds.add(runId);
    }
    return runIds;
  }

  private Set<String> disconnected(String connectionId) {
    List<String> runIds = connections().disconnect(connectionId);
    assertEquals(new HashSet<>(runIds).size(), runIds.size(), "each run once");
    return new HashSet<>(runIds);
  }

  @Test
  void returnsSubscriptionsOnDisconnect() {
    String connectionId = connected();
    String other = connected();
    List<String> runIds = subscribed(connectionId, 3);
    assertTrue(connections().subscribe(other, runIds.get(0)));

    assertEquals(Set.copyOf(runIds), disconnected(connectionId));
    assertEquals(Set.of(), disconnected(connectionId), "no longer connected");
    assertEquals(Set.of(runIds.get(0)), disconnected(other));
  }

  @Test
  void listsCurrentSubscribersOfRun() {
    String runId = RunId.random();
    String subscribed = connected();
    String unsubscribed = connected();
    String disconnected = connected();
    for (String connectionId : List.of(subscribed, unsubscribed, disconnected)) {
      subscribed(connectionId, 1);
      assertTrue(connections().subscribe(connectionId, runId));
    }
    assertEquals(
        Set.of(subscribed, unsubscribed, disconnected),
        new HashSet<>(connections().subscribers(runId)));
    connections().unsubscribe(unsubscribed, runId);
    disconnected(disconnected);
    assertEquals(List.of(subscribed), connections().subscribers(runId));
    assertEquals(List.of(), connections().subscribers(RunId.random()));
  }

  /** All entries; a connection that spans two pages has two. */
  private List<Connections.Entry> entries() {
    List<Connections.Entry> entries = new ArrayList<>();
    Optional<String> next = Optional.empty();
    for (int pages = 0; pages < 100; pages++) {
      Connections.Page page = connections().page(next);
      entries.addAll(page.entries());
      next = page.next();
      if (next.isEmpty()) {
        return entries;
      }
    }
    throw new AssertionError("no end of pages");
  }

  private static Optional<Instant> connectedAt(
      List<Connections.Entry> entries, String connectionId) {
    return entries.stream()
        .filter(entry -> entry.connectionId().equals(connectionId))
        .flatMap(entry -> entry.connectedAt().stream())
        .findFirst();
  }

  @Test
  void listsEveryConnectionWithItsConnectTime() {
    Instant at = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    Set<String> expected = new HashSet<>();
    for (int i = 0; i < 30; i++) {
      String connectionId = UUID.randomUUID() + "=";
      connections().connect(connectionId, at.plusSeconds(i));
      subscribed(connectionId, i); // more than one page of items in total
      expected.add(connectionId);
      assertEquals(Optional.of(at.plusSeconds(i)), connectedAt(entries(), connectionId));
    }
    List<Connections.Entry> entries = entries();
    Set<String> listed = new HashSet<>();
    entries.forEach(entry -> listed.add(entry.connectionId()));
    assertTrue(listed.containsAll(expected));
    String one = expected.iterator().next();
    disconnected(one);
    assertTrue(entries().stream().noneMatch(entry -> entry.connectionId().equals(one)));
  }

  @Test
  void returnsExistingConnections() {
    Set<String> existing = new HashSet<>();
    for (int i = 0; i < 130; i++) {
      existing.add(connected());
    }
    String gone = connected();
    subscribed(gone, 2);
    disconnected(gone);
    Set<String> requested = new HashSet<>(existing);
    requested.addAll(List.of(gone, "unknown"));
    assertEquals(existing, connections().existing(requested));
    assertEquals(Set.of(), connections().existing(List.of()));
  }

  @Test
  void rejectsSubscriptionOfUnknownConnection() {
    String runId = RunId.random();
    assertFalse(connections().subscribe("unknown", runId));
    String connectionId = connected();
    assertTrue(connections().subscribe(connectionId, runId));
    assertEquals(Set.of(runId), disconnected(connectionId));
    assertFalse(connections().subscribe(connectionId, runId));
    assertFalse(connections().subscribe(connectionId, RunId.random()));
    assertEquals(Set.of(), disconnected(connectionId));
    assertEquals(Set.of(), disconnected("unknown"));
  }

  @Test
  void subscribesIdempotently() {
    String connectionId = connected();
    String runId = RunId.random();
    for (int i = 0; i < 3; i++) {
      assertTrue(connections().subscribe(connectionId, runId));
    }
    connections().unsubscribe(connectionId, runId);
    assertEquals(Set.of(), disconnected(connectionId));
  }

  @Test
  void ignoresUnknownUnsubscribe() {
    String connectionId = connected();
    String runId = subscribed(connectionId, 1).getFirst();
    for (int i = 0; i < 3; i++) {
      connections().unsubscribe(connectionId, RunId.random());
    }
    connections().unsubscribe("unknown", runId);
    assertEquals(Set.of(runId), disconnected(connectionId));
  }

  @Test
  void limitsSubscriptionsPerConnection() {
    String connectionId = connected();
    List<String> runIds = subscribed(connectionId, Connections.MAX_SUBSCRIPTIONS);
    assertFalse(connections().subscribe(connectionId, RunId.random()));
    assertTrue(connections().subscribe(connectionId, runIds.get(7)), "already subscribed");

    connections().unsubscribe(connectionId, runIds.get(7));
    connections().unsubscribe(connectionId, runIds.get(7));
    String another = RunId.random();
    assertTrue(connections().subscribe(connectionId, another));
    assertFalse(connections().subscribe(connectionId, runIds.get(7)));

    Set<String> expected = new HashSet<>(runIds);
    expected.remove(runIds.get(7));
    expected.add(another);
    assertEquals(expected, disconnected(connectionId));
  }

  @Test
  void keepsSubscriptionsOnRepeatedConnect() {
    String connectionId = connected();
    Set<String> runIds = Set.copyOf(subscribed(connectionId, 2));
    connections().connect(connectionId, Instant.now());
    assertEquals(runIds, disconnected(connectionId));
  }

  @Test
  void limitsConcurrentSubscriptions() throws Exception {
    String connectionId = connected();
    int free = 4;
    subscribed(connectionId, Connections.MAX_SUBSCRIPTIONS - free);
    AtomicInteger accepted = new AtomicInteger();
    ConcurrentWorkers.run(
        3,
        caller -> {
          for (int i = 0; i < 3; i++) {
            if (connections().subscribe(connectionId, RunId.random())) {
              accepted.incrementAndGet();
            }
          }
        });
    assertEquals(free, accepted.get());
    assertEquals(Connections.MAX_SUBSCRIPTIONS, disconnected(connectionId).size());
  }

  @Test
  void returnsEverySubscriptionOnConcurrentDisconnect() throws Exception {
    for (int round = 0; round < 5; round++) {
      String connectionId = connected();
      Set<String> accepted = Collections.synchronizedSet(new HashSet<>());
      Set<String> returned = Collections.synchronizedSet(new HashSet<>());
      ConcurrentWorkers.run(
          2,
          caller -> {
            if (caller == 0) {
              returned.addAll(connections().disconnect(connectionId));
              return;
            }
            for (int i = 0; i < 5; i++) {
              String runId = RunId.random();
              if (connections().subscribe(connectionId, runId)) {
                accepted.add(runId);
              }
            }
          });
      assertEquals(accepted, returned);
      assertEquals(Set.of(), disconnected(connectionId));
    }
  }
}
