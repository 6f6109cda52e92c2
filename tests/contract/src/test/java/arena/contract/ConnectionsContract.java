package arena.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.access.Principal;
import arena.access.Role;
import arena.broker.ConnectionId;
import arena.run.RunId;
import arena.stream.Connections;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** The contract of {@link Connections}; each implementation has a subclass. */
abstract class ConnectionsContract {
  private static final ConnectionId UNKNOWN = ConnectionId.of("unknown");

  /** The connections under test. */
  abstract Connections connections();

  /** The time of their clock. */
  Instant now() {
    return Instant.now();
  }

  private ConnectionId connected() {
    ConnectionId connectionId = ConnectionId.of(UUID.randomUUID() + "=");
    connections().connect(connectionId, Principal.LOCAL, Instant.now());
    return connectionId;
  }

  private List<RunId> subscribed(ConnectionId connectionId, int count) {
    List<RunId> runIds = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      RunId runId = RunId.of(UUID.randomUUID());
      assertTrue(connections().subscribe(runId, connectionId));
      runIds.add(runId);
    }
    return runIds;
  }

  private Set<RunId> disconnected(ConnectionId connectionId) {
    List<RunId> runIds = connections().disconnect(connectionId);
    assertEquals(new HashSet<>(runIds).size(), runIds.size(), "each run once");
    return new HashSet<>(runIds);
  }

  @Test
  void returnsSubscriptionsOnDisconnect() {
    ConnectionId connectionId = connected();
    ConnectionId other = connected();
    List<RunId> runIds = subscribed(connectionId, 3);
    assertTrue(connections().subscribe(runIds.get(0), other));

    assertEquals(Set.copyOf(runIds), disconnected(connectionId));
    assertEquals(Set.of(), disconnected(connectionId), "no longer connected");
    assertEquals(Set.of(runIds.get(0)), disconnected(other));
  }

  @Test
  void returnsCallersOfConnections() {
    Principal viewer =
        new Principal(
            "aaaaaaaa",
            Role.VIEWER,
            Optional.of(RunId.of(UUID.randomUUID())),
            Instant.parse("2027-01-01T00:00:00Z"));
    ConnectionId limited = ConnectionId.of(UUID.randomUUID() + "=");
    connections().connect(limited, viewer, Instant.now());
    ConnectionId local = connected();
    subscribed(local, 1);

    assertEquals(
        Map.of(limited, Optional.of(viewer), local, Optional.of(Principal.LOCAL)),
        connections().callers(List.of(limited, UNKNOWN, local)));
    disconnected(local);
    assertEquals(Map.of(), connections().callers(List.of(local)));
  }

  @Test
  void listsRunsThatHaveSubscriptions() {
    ConnectionId connectionId = connected();
    ConnectionId other = connected();
    List<RunId> runIds = subscribed(connectionId, 100);
    assertTrue(connections().subscribe(runIds.get(0), other));
    Set<RunId> subscribed = connections().subscribedRuns();
    assertTrue(subscribed.containsAll(runIds));
    connections().unsubscribe(runIds.get(1), connectionId);
    assertFalse(connections().subscribedRuns().contains(runIds.get(1)));
    disconnected(connectionId);
    subscribed = connections().subscribedRuns();
    assertTrue(subscribed.contains(runIds.get(0)), "the other connection's");
    assertTrue(Collections.disjoint(subscribed, runIds.subList(1, 100)));
  }

  @Test
  void listsCurrentSubscribersOfRun() {
    RunId runId = RunId.of(UUID.randomUUID());
    ConnectionId subscribed = connected();
    ConnectionId unsubscribed = connected();
    ConnectionId disconnected = connected();
    for (ConnectionId connectionId : List.of(subscribed, unsubscribed, disconnected)) {
      subscribed(connectionId, 1);
      assertTrue(connections().subscribe(runId, connectionId));
    }
    assertEquals(Set.of(subscribed, unsubscribed, disconnected), new HashSet<>(subscribers(runId)));
    connections().unsubscribe(runId, unsubscribed);
    disconnected(disconnected);
    assertEquals(List.of(subscribed), subscribers(runId));
    assertEquals(List.of(), subscribers(RunId.of(UUID.randomUUID())));
  }

  private List<ConnectionId> subscribers(RunId runId) {
    return connections().subscribers(runId).stream()
        .map(Connections.Subscriber::connectionId)
        .toList();
  }

  private void assertPending(boolean expected, RunId runId, ConnectionId connectionId) {
    assertEquals(
        List.of(new Connections.Subscriber(connectionId, expected)),
        connections().subscribers(runId));
    List<RunId> listed =
        entries().stream()
            .filter(entry -> entry.connectionId().equals(connectionId))
            .flatMap(entry -> entry.pending().stream())
            .toList();
    assertEquals(expected ? List.of(runId) : List.of(), listed);
  }

  @Test
  void adoptsPendingSubscriptionOnce() {
    RunId runId = RunId.of(UUID.randomUUID());
    ConnectionId connectionId = connected();
    assertEquals(OptionalLong.empty(), connections().adopt(runId, connectionId));
    assertTrue(connections().subscribePending(runId, connectionId, 17));
    assertTrue(connections().isSubscribed(runId, connectionId));
    assertPending(true, runId, connectionId);
    assertEquals(OptionalLong.of(17), connections().adopt(runId, connectionId));
    assertEquals(OptionalLong.empty(), connections().adopt(runId, connectionId));
    assertPending(false, runId, connectionId);
    assertEquals(Set.of(runId), disconnected(connectionId));
  }

  @Test
  void adoptsPendingSubscriptionByOneOfManyConcurrentCallers() throws Exception {
    RunId runId = RunId.of(UUID.randomUUID());
    ConnectionId connectionId = connected();
    for (int round = 1; round <= 5; round++) {
      assertTrue(connections().subscribePending(runId, connectionId, round));
      List<Long> adopted = Collections.synchronizedList(new ArrayList<>());
      ConcurrentWorkers.run(
          4, _ -> connections().adopt(runId, connectionId).ifPresent(adopted::add));
      assertEquals(List.of((long) round), adopted);
    }
  }

  @Test
  void subscribesAgainWhilePending() {
    RunId runId = RunId.of(UUID.randomUUID());
    ConnectionId connectionId = connected();
    assertTrue(connections().subscribePending(runId, connectionId, 3));
    assertTrue(connections().subscribePending(runId, connectionId, 5), "the later one counts");
    assertEquals(OptionalLong.of(5), connections().adopt(runId, connectionId));
    assertTrue(connections().subscribePending(runId, connectionId, 8), "of an ordinary one");
    assertPending(true, runId, connectionId);
    assertTrue(connections().subscribe(runId, connectionId));
    assertPending(false, runId, connectionId);
    assertEquals(OptionalLong.empty(), connections().adopt(runId, connectionId));
    connections().unsubscribe(runId, connectionId);
    assertEquals(Set.of(), disconnected(connectionId), "counted once");
  }

  @Test
  void endsSubscriptionUnlessALaterOneIsPending() {
    RunId runId = RunId.of(UUID.randomUUID());
    ConnectionId connectionId = connected();
    assertTrue(connections().subscribePending(runId, connectionId, 3));
    connections().endSubscription(runId, connectionId);
    assertPending(true, runId, connectionId);
    assertTrue(connections().adopt(runId, connectionId).isPresent());
    connections().endSubscription(runId, connectionId);
    assertFalse(connections().isSubscribed(runId, connectionId));
    assertTrue(connections().subscribePending(runId, connectionId, 3));
    connections().unsubscribe(runId, connectionId);
    assertFalse(connections().isSubscribed(runId, connectionId), "also if it is pending");
    assertEquals(OptionalLong.empty(), connections().adopt(runId, connectionId));
  }

  @Test
  void removesEndingSubscriptionUnlessSubscribedAgain() {
    RunId runId = RunId.of(UUID.randomUUID());
    ConnectionId connectionId = connected();
    connections().unsubscribePending(runId, connectionId);
    assertEquals(List.of(), connections().subscribers(runId), "there is none");
    assertTrue(connections().subscribePending(runId, connectionId, 5));
    connections().endUnsubscribed(runId, connectionId);
    assertPending(true, runId, connectionId);
    connections().unsubscribePending(runId, connectionId);
    assertEquals(
        List.of(new Connections.Subscriber(connectionId, false, true)),
        connections().subscribers(runId));
    assertEquals(OptionalLong.empty(), connections().adopt(runId, connectionId));
    connections().endSubscription(runId, connectionId);
    assertTrue(connections().isSubscribed(runId, connectionId), "its cursor must be removed");
    assertTrue(connections().subscribe(runId, connectionId));
    assertPending(false, runId, connectionId);
    connections().endUnsubscribed(runId, connectionId);
    assertTrue(connections().isSubscribed(runId, connectionId), "subscribed again");
    connections().unsubscribePending(runId, connectionId);
    connections().endUnsubscribed(runId, connectionId);
    assertFalse(connections().isSubscribed(runId, connectionId));
    assertEquals(Set.of(), disconnected(connectionId));
  }

  @Test
  void listsRunsWithPendingOrEndingSubscriptions() {
    ConnectionId connectionId = connected();
    List<RunId> runIds = subscribed(connectionId, 3);
    assertTrue(connections().subscribePending(runIds.get(0), connectionId, 1));
    connections().unsubscribePending(runIds.get(1), connectionId);
    Set<RunId> pending = connections().pendingRuns();
    assertTrue(pending.containsAll(runIds.subList(0, 2)));
    assertFalse(pending.contains(runIds.get(2)));
    disconnected(connectionId);
    assertTrue(Collections.disjoint(runIds, connections().pendingRuns()));
  }

  @Test
  void leasesTheRecoveryToOne() {
    Instant now = now().truncatedTo(ChronoUnit.MILLIS);
    Instant first = now.plusSeconds(60);
    Instant second = now.plusSeconds(70);
    assertTrue(connections().holdRecovery(Optional.empty(), first));
    assertTrue(connections().holdRecovery(Optional.empty(), first), "a repeated call");
    assertFalse(connections().holdRecovery(Optional.empty(), second), "held");
    assertTrue(connections().holdRecovery(Optional.of(first), second), "extended");
    assertFalse(connections().holdRecovery(Optional.of(first), now.plusSeconds(80)), "lost");
    connections().releaseRecovery(first);
    assertFalse(connections().holdRecovery(Optional.empty(), first), "still held");
    connections().releaseRecovery(second);
    assertTrue(connections().holdRecovery(Optional.empty(), now.minusSeconds(1)));
    assertTrue(connections().holdRecovery(Optional.empty(), first), "it had expired");
    connections().releaseRecovery(first);
    assertTrue(
        entries().stream().noneMatch(entry -> entry.connectionId().value().equals("-")),
        "not a connection");
  }

  @Test
  void limitsPendingSubscriptionsPerConnection() {
    ConnectionId connectionId = connected();
    List<RunId> runIds = subscribed(connectionId, Connections.MAX_SUBSCRIPTIONS - 1);
    RunId last = RunId.of(UUID.randomUUID());
    assertTrue(connections().subscribePending(last, connectionId, 1));
    assertFalse(connections().subscribePending(RunId.of(UUID.randomUUID()), connectionId, 1));
    assertTrue(connections().subscribePending(runIds.get(3), connectionId, 1));
    assertFalse(connections().subscribePending(last, UNKNOWN, 1));
    assertEquals(Connections.MAX_SUBSCRIPTIONS, disconnected(connectionId).size());
    assertFalse(connections().subscribePending(last, connectionId, 1));
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
      List<Connections.Entry> entries, ConnectionId connectionId) {
    return entries.stream()
        .filter(entry -> entry.connectionId().equals(connectionId))
        .flatMap(entry -> entry.connectedAt().stream())
        .findFirst();
  }

  @Test
  void listsEveryConnectionWithItsConnectTime() {
    Instant at = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    Set<ConnectionId> expected = new HashSet<>();
    for (int i = 0; i < 30; i++) {
      ConnectionId connectionId = ConnectionId.of(UUID.randomUUID() + "=");
      connections().connect(connectionId, Principal.LOCAL, at.plusSeconds(i));
      subscribed(connectionId, i); // more than one page of items in total
      expected.add(connectionId);
      assertEquals(Optional.of(at.plusSeconds(i)), connectedAt(entries(), connectionId));
    }
    List<Connections.Entry> entries = entries();
    Set<ConnectionId> listed = new HashSet<>();
    entries.forEach(entry -> listed.add(entry.connectionId()));
    assertTrue(listed.containsAll(expected));
    ConnectionId one = expected.iterator().next();
    disconnected(one);
    assertTrue(entries().stream().noneMatch(entry -> entry.connectionId().equals(one)));
  }

  @Test
  void returnsExistingConnections() {
    Set<ConnectionId> existing = new HashSet<>();
    for (int i = 0; i < 130; i++) {
      existing.add(connected());
    }
    ConnectionId gone = connected();
    subscribed(gone, 2);
    disconnected(gone);
    Set<ConnectionId> requested = new HashSet<>(existing);
    requested.addAll(List.of(gone, UNKNOWN));
    assertEquals(existing, connections().existing(requested));
    assertEquals(Set.of(), connections().existing(List.of()));
  }

  @Test
  void rejectsSubscriptionOfUnknownConnection() {
    RunId runId = RunId.of(UUID.randomUUID());
    assertFalse(connections().subscribe(runId, UNKNOWN));
    ConnectionId connectionId = connected();
    assertTrue(connections().subscribe(runId, connectionId));
    assertEquals(Set.of(runId), disconnected(connectionId));
    assertFalse(connections().subscribe(runId, connectionId));
    assertFalse(connections().subscribe(RunId.of(UUID.randomUUID()), connectionId));
    assertEquals(Set.of(), disconnected(connectionId));
    assertEquals(Set.of(), disconnected(UNKNOWN));
  }

  @Test
  void subscribesIdempotently() {
    ConnectionId connectionId = connected();
    RunId runId = RunId.of(UUID.randomUUID());
    for (int i = 0; i < 3; i++) {
      assertTrue(connections().subscribe(runId, connectionId));
    }
    connections().unsubscribe(runId, connectionId);
    assertEquals(Set.of(), disconnected(connectionId));
  }

  @Test
  void ignoresUnknownUnsubscribe() {
    ConnectionId connectionId = connected();
    RunId runId = subscribed(connectionId, 1).getFirst();
    for (int i = 0; i < 3; i++) {
      connections().unsubscribe(RunId.of(UUID.randomUUID()), connectionId);
    }
    connections().unsubscribe(runId, UNKNOWN);
    assertEquals(Set.of(runId), disconnected(connectionId));
  }

  @Test
  void limitsSubscriptionsPerConnection() {
    ConnectionId connectionId = connected();
    List<RunId> runIds = subscribed(connectionId, Connections.MAX_SUBSCRIPTIONS);
    assertFalse(connections().subscribe(RunId.of(UUID.randomUUID()), connectionId));
    assertTrue(connections().subscribe(runIds.get(7), connectionId), "already subscribed");

    connections().unsubscribe(runIds.get(7), connectionId);
    connections().unsubscribe(runIds.get(7), connectionId);
    RunId another = RunId.of(UUID.randomUUID());
    assertTrue(connections().subscribe(another, connectionId));
    assertFalse(connections().subscribe(runIds.get(7), connectionId));

    Set<RunId> expected = new HashSet<>(runIds);
    expected.remove(runIds.get(7));
    expected.add(another);
    assertEquals(expected, disconnected(connectionId));
  }

  @Test
  void keepsSubscriptionsOnRepeatedConnect() {
    ConnectionId connectionId = connected();
    Set<RunId> runIds = Set.copyOf(subscribed(connectionId, 2));
    connections().connect(connectionId, Principal.LOCAL, Instant.now());
    assertEquals(runIds, disconnected(connectionId));
  }

  @Test
  void limitsConcurrentSubscriptions() throws Exception {
    ConnectionId connectionId = connected();
    int free = 4;
    subscribed(connectionId, Connections.MAX_SUBSCRIPTIONS - free);
    AtomicInteger accepted = new AtomicInteger();
    ConcurrentWorkers.run(
        3,
        caller -> {
          for (int i = 0; i < 3; i++) {
            if (connections().subscribe(RunId.of(UUID.randomUUID()), connectionId)) {
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
      ConnectionId connectionId = connected();
      Set<RunId> accepted = Collections.synchronizedSet(new HashSet<>());
      Set<RunId> returned = Collections.synchronizedSet(new HashSet<>());
      ConcurrentWorkers.run(
          2,
          caller -> {
            if (caller == 0) {
              returned.addAll(connections().disconnect(connectionId));
              return;
            }
            for (int i = 0; i < 5; i++) {
              RunId runId = RunId.of(UUID.randomUUID());
              if (connections().subscribe(runId, connectionId)) {
                accepted.add(runId);
              }
            }
          });
      assertEquals(accepted, returned);
      assertEquals(Set.of(), disconnected(connectionId));
    }
  }
}
