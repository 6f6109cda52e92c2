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

/** What connections promise. */
abstract class ConnectionsContract {
  /** The connections under test. */
  abstract Connections connections();

  private String connected() {
    String connectionId = UUID.randomUUID() + "=";
    connections().connected(connectionId, Instant.now());
    return connectionId;
  }

  private List<String> subscribed(String connectionId, int count) {
    List<String> runIds = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String runId = RunId.random();
      assertTrue(connections().subscribed(connectionId, runId));
      runIds.add(runId);
    }
    return runIds;
  }

  private Set<String> disconnected(String connectionId) {
    List<String> runIds = connections().disconnected(connectionId);
    assertEquals(new HashSet<>(runIds).size(), runIds.size(), "each once");
    return new HashSet<>(runIds);
  }

  @Test
  void aConnectionThatEndsNamesItsSubscriptions() {
    String connectionId = connected();
    String other = connected();
    List<String> runIds = subscribed(connectionId, 3);
    assertTrue(connections().subscribed(other, runIds.get(0)));

    assertEquals(Set.copyOf(runIds), disconnected(connectionId));
    assertEquals(Set.of(), disconnected(connectionId), "once");
    assertEquals(Set.of(runIds.get(0)), disconnected(other));
  }

  @Test
  void aRunsSubscribersAreThoseWhoSubscribeNow() {
    String runId = RunId.random();
    String stays = connected();
    String unsubscribes = connected();
    String goes = connected();
    for (String connectionId : List.of(stays, unsubscribes, goes)) {
      subscribed(connectionId, 1);
      assertTrue(connections().subscribed(connectionId, runId));
    }
    assertEquals(
        Set.of(stays, unsubscribes, goes), new HashSet<>(connections().subscribers(runId)));
    connections().unsubscribed(unsubscribes, runId);
    disconnected(goes);
    assertEquals(List.of(stays), connections().subscribers(runId));
    assertEquals(List.of(), connections().subscribers(RunId.random()));
  }

  /** All entries; a connection that is spread over two pages has two. */
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

  private static Optional<Instant> cameAt(List<Connections.Entry> entries, String connectionId) {
    return entries.stream()
        .filter(entry -> entry.connectionId().equals(connectionId))
        .flatMap(entry -> entry.connectedAt().stream())
        .findFirst();
  }

  @Test
  void everyConnectionIsListedWithTheTimeAtWhichItCame() {
    Instant at = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    Set<String> expected = new HashSet<>();
    for (int i = 0; i < 30; i++) {
      String connectionId = UUID.randomUUID() + "=";
      connections().connected(connectionId, at.plusSeconds(i));
      subscribed(connectionId, i); // more than one page of items in all
      expected.add(connectionId);
      assertEquals(Optional.of(at.plusSeconds(i)), cameAt(entries(), connectionId));
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
  void tellsWhichConnectionsAreKept() {
    Set<String> there = new HashSet<>();
    for (int i = 0; i < 130; i++) {
      there.add(connected());
    }
    String gone = connected();
    subscribed(gone, 2);
    disconnected(gone);
    Set<String> asked = new HashSet<>(there);
    asked.addAll(List.of(gone, "never-there"));
    assertEquals(there, connections().kept(asked));
    assertEquals(Set.of(), connections().kept(List.of()));
  }

  @Test
  void onlyAConnectionSubscribes() {
    String runId = RunId.random();
    assertFalse(connections().subscribed("never-there", runId));
    String connectionId = connected();
    assertTrue(connections().subscribed(connectionId, runId));
    assertEquals(Set.of(runId), disconnected(connectionId));
    assertFalse(connections().subscribed(connectionId, runId));
    assertFalse(connections().subscribed(connectionId, RunId.random()));
    assertEquals(Set.of(), disconnected(connectionId));
    assertEquals(Set.of(), disconnected("never-there"));
  }

  @Test
  void subscribingAgainIsNoSecondSubscription() {
    String connectionId = connected();
    String runId = RunId.random();
    for (int i = 0; i < 3; i++) {
      assertTrue(connections().subscribed(connectionId, runId));
    }
    connections().unsubscribed(connectionId, runId);
    assertEquals(Set.of(), disconnected(connectionId));
  }

  @Test
  void unsubscribesOnlyWhatIsSubscribed() {
    String connectionId = connected();
    String runId = subscribed(connectionId, 1).getFirst();
    for (int i = 0; i < 3; i++) {
      connections().unsubscribed(connectionId, RunId.random());
    }
    connections().unsubscribed("never-there", runId);
    assertEquals(Set.of(runId), disconnected(connectionId));
  }

  @Test
  void takesSoManySubscriptionsAndNoMore() {
    String connectionId = connected();
    List<String> runIds = subscribed(connectionId, Connections.MAX_SUBSCRIPTIONS);
    assertFalse(connections().subscribed(connectionId, RunId.random()));
    assertTrue(connections().subscribed(connectionId, runIds.get(7)), "it has this one");

    connections().unsubscribed(connectionId, runIds.get(7));
    connections().unsubscribed(connectionId, runIds.get(7));
    String another = RunId.random();
    assertTrue(connections().subscribed(connectionId, another));
    assertFalse(connections().subscribed(connectionId, runIds.get(7)));

    Set<String> expected = new HashSet<>(runIds);
    expected.remove(runIds.get(7));
    expected.add(another);
    assertEquals(expected, disconnected(connectionId));
  }

  @Test
  void toldTwiceOfAConnectionForgetsNothing() {
    String connectionId = connected();
    Set<String> runIds = Set.copyOf(subscribed(connectionId, 2));
    connections().connected(connectionId, Instant.now());
    assertEquals(runIds, disconnected(connectionId));
  }

  @Test
  void takesNoMoreHoweverManyAskAtOnce() throws Exception {
    String connectionId = connected();
    int room = 4;
    subscribed(connectionId, Connections.MAX_SUBSCRIPTIONS - room);
    AtomicInteger taken = new AtomicInteger();
    ConcurrentWorkers.run(
        3,
        caller -> {
          for (int i = 0; i < 3; i++) {
            if (connections().subscribed(connectionId, RunId.random())) {
              taken.incrementAndGet();
            }
          }
        });
    assertEquals(room, taken.get());
    assertEquals(Connections.MAX_SUBSCRIPTIONS, disconnected(connectionId).size());
  }

  @Test
  void aConnectionThatEndsMissesNoSubscription() throws Exception {
    for (int round = 0; round < 5; round++) {
      String connectionId = connected();
      Set<String> taken = Collections.synchronizedSet(new HashSet<>());
      Set<String> named = Collections.synchronizedSet(new HashSet<>());
      ConcurrentWorkers.run(
          2,
          caller -> {
            if (caller == 0) {
              named.addAll(connections().disconnected(connectionId));
              return;
            }
            for (int i = 0; i < 5; i++) {
              String runId = RunId.random();
              if (connections().subscribed(connectionId, runId)) {
                taken.add(runId);
              }
            }
          });
      assertEquals(taken, named);
      assertEquals(Set.of(), disconnected(connectionId));
    }
  }
}
