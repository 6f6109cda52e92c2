package arena.simulation.stores;

import arena.access.Principal;
import arena.broker.ConnectionId;
import arena.error.Dependency;
import arena.run.RunId;
import arena.stream.Connections;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** The table of connections and subscriptions. */
public final class SimulatedConnections implements Connections {
  private static final Duration KEEP = Duration.ofHours(3);

  /** Subject of a call that concerns all connections. */
  private static final String ALL = "";

  /** Mark of a subscription that is ending. */
  private static final long ENDING = -1;

  private final Map<ConnectionId, Connection> connections = new LinkedHashMap<>();
  private final InstantSource clock;
  private final Network network;
  private Instant recoveryHeldUntil = Instant.MIN;

  public SimulatedConnections(InstantSource clock, Network network) {
    this.clock = clock;
    this.network = network;
  }

  /**
   * A subscription's item: when it appears in the index by run, when it expires, and the first seq
   * to send while it is pending, {@link #ENDING} while it is ending, else 0.
   */
  private record Subscription(Instant indexedAt, Instant until, long pendingFrom) {
    private Subscription withPendingFrom(long seq) {
      return new Subscription(indexedAt, until, seq);
    }

    private boolean isPendingOrEnding() {
      return pendingFrom != 0;
    }

    private boolean isEnding() {
      return pendingFrom == ENDING;
    }
  }

  /** A connection's items: its own while connected, and one per subscription. */
  private static final class Connection {
    private Instant ownUntil = Instant.MIN;
    private Principal caller = Principal.LOCAL;
    private final Map<RunId, Subscription> subscriptions = new LinkedHashMap<>();
  }

  private <T> T call(Call call, ConnectionId connectionId, Supplier<T> effect) {
    return call(call, connectionId.value(), effect);
  }

  private <T> T call(Call call, String about, Supplier<T> effect) {
    return network.call(
        call,
        about,
        () -> {
          synchronized (this) {
            return effect.get();
          }
        },
        message -> Dependency.CONNECTIONS.unavailable(message, null));
  }

  /** Returns the connection's items that have not expired. */
  private Connection present(ConnectionId connectionId) {
    Connection connection = connections.computeIfAbsent(connectionId, _ -> new Connection());
    Instant now = clock.instant();
    connection.subscriptions.values().removeIf(item -> !now.isBefore(item.until));
    if (!now.isBefore(connection.ownUntil)) {
      connection.ownUntil = Instant.MIN;
    }
    return connection;
  }

  /** The runs of a connection's subscriptions that are not ending. */
  public synchronized Set<RunId> subscriptions(ConnectionId connectionId) {
    return present(connectionId).subscriptions.entrySet().stream()
        .filter(item -> !item.getValue().isEnding())
        .map(Map.Entry::getKey)
        .collect(Collectors.toSet());
  }

  private static boolean isConnected(Connection connection) {
    return !connection.ownUntil.equals(Instant.MIN);
  }

  @Override
  public void connect(ConnectionId connectionId, Principal caller, Instant at) {
    call(
        Call.CONNECTIONS_CONNECTED,
        connectionId,
        () -> {
          Connection connection = present(connectionId);
          connection.ownUntil = at.plus(KEEP);
          connection.caller = caller;
          return null;
        });
  }

  @Override
  public Map<ConnectionId, Optional<Principal>> callers(Collection<ConnectionId> connectionIds) {
    return call(
        Call.CONNECTIONS_KEPT,
        ALL,
        () -> {
          Map<ConnectionId, Optional<Principal>> callers = new LinkedHashMap<>();
          for (ConnectionId connectionId : connectionIds) {
            Connection connection = present(connectionId);
            if (isConnected(connection)) {
              callers.put(connectionId, Optional.of(connection.caller));
            }
          }
          return callers;
        });
  }

  @Override
  public boolean subscribe(RunId runId, ConnectionId connectionId) {
    return subscribe(Call.CONNECTIONS_SUBSCRIBED, runId, connectionId, 0);
  }

  @Override
  public boolean subscribePending(RunId runId, ConnectionId connectionId, long fromSeq) {
    return subscribe(Call.CONNECTIONS_SUBSCRIBED_PENDING, runId, connectionId, fromSeq);
  }

  private boolean subscribe(Call call, RunId runId, ConnectionId connectionId, long pendingFrom) {
    return call(
        call,
        connectionId,
        () -> {
          Connection connection = present(connectionId);
          if (!isConnected(connection)) {
            return false;
          }
          Subscription existing = connection.subscriptions.get(runId);
          if (existing == null && connection.subscriptions.size() >= MAX_SUBSCRIPTIONS) {
            return false;
          }
          Instant now = clock.instant();
          Subscription added =
              existing == null
                  ? new Subscription(now.plusMillis(network.lagMillis()), now.plus(KEEP), 0)
                  : existing;
          connection.subscriptions.put(runId, added.withPendingFrom(pendingFrom));
          return true;
        });
  }

  @Override
  public OptionalLong adopt(RunId runId, ConnectionId connectionId) {
    return call(
        Call.CONNECTIONS_ADOPTED,
        connectionId,
        () -> {
          Subscription item = present(connectionId).subscriptions.get(runId);
          if (item == null || item.pendingFrom <= 0) {
            return OptionalLong.empty();
          }
          present(connectionId).subscriptions.put(runId, item.withPendingFrom(0));
          return OptionalLong.of(item.pendingFrom);
        });
  }

  @Override
  public void unsubscribePending(RunId runId, ConnectionId connectionId) {
    call(
        Call.CONNECTIONS_UNSUBSCRIBED_PENDING,
        connectionId,
        () ->
            present(connectionId)
                .subscriptions
                .computeIfPresent(runId, (_, item) -> item.withPendingFrom(ENDING)));
  }

  @Override
  public void endUnsubscribed(RunId runId, ConnectionId connectionId) {
    call(
        Call.CONNECTIONS_END_UNSUBSCRIBED,
        connectionId,
        () ->
            present(connectionId)
                .subscriptions
                .computeIfPresent(runId, (_, item) -> item.isEnding() ? null : item));
  }

  @Override
  public boolean holdRecovery(Optional<Instant> held, Instant until) {
    return call(
        Call.CONNECTIONS_HOLD_RECOVERY,
        ALL,
        () -> {
          boolean free = !clock.instant().isBefore(recoveryHeldUntil);
          if (free
              || recoveryHeldUntil.equals(until)
              || held.equals(Optional.of(recoveryHeldUntil))) {
            recoveryHeldUntil = until;
            return true;
          }
          return false;
        });
  }

  @Override
  public void releaseRecovery(Instant held) {
    call(
        Call.CONNECTIONS_RELEASE_RECOVERY,
        ALL,
        () -> {
          if (recoveryHeldUntil.equals(held)) {
            recoveryHeldUntil = Instant.MIN;
          }
          return null;
        });
  }

  @Override
  public boolean isSubscribed(RunId runId, ConnectionId connectionId) {
    return call(
        Call.CONNECTIONS_IS_SUBSCRIBED,
        connectionId,
        () -> present(connectionId).subscriptions.containsKey(runId));
  }

  @Override
  public List<Subscriber> subscribers(RunId runId) {
    return call(
        Call.CONNECTIONS_SUBSCRIBERS,
        runId.value(),
        () -> {
          List<Subscriber> subscribers = new ArrayList<>();
          for (ConnectionId connectionId : List.copyOf(connections.keySet())) {
            Subscription item = present(connectionId).subscriptions.get(runId);
            if (item != null && !clock.instant().isBefore(item.indexedAt)) {
              subscribers.add(new Subscriber(connectionId, item.pendingFrom > 0, item.isEnding()));
            }
          }
          return subscribers;
        });
  }

  @Override
  public Set<RunId> subscribedRuns() {
    return call(Call.CONNECTIONS_SUBSCRIBED_RUNS, ALL, () -> runs(_ -> true));
  }

  @Override
  public Set<RunId> pendingRuns() {
    return call(Call.CONNECTIONS_PENDING_RUNS, ALL, () -> runs(Subscription::isPendingOrEnding));
  }

  private Set<RunId> runs(Predicate<Subscription> which) {
    return List.copyOf(connections.keySet()).stream()
        .flatMap(id -> present(id).subscriptions.entrySet().stream())
        .filter(item -> which.test(item.getValue()))
        .map(Map.Entry::getKey)
        .collect(Collectors.toSet());
  }

  @Override
  public void unsubscribe(RunId runId, ConnectionId connectionId) {
    call(
        Call.CONNECTIONS_UNSUBSCRIBED,
        connectionId,
        () -> present(connectionId).subscriptions.remove(runId));
  }

  @Override
  public void endSubscription(RunId runId, ConnectionId connectionId) {
    call(
        Call.CONNECTIONS_UNSUBSCRIBED,
        connectionId,
        () ->
            present(connectionId)
                .subscriptions
                .computeIfPresent(runId, (_, item) -> item.isPendingOrEnding() ? item : null));
  }

  @Override
  public Set<ConnectionId> existing(Collection<ConnectionId> connectionIds) {
    return call(
        Call.CONNECTIONS_KEPT,
        ALL,
        () -> {
          Set<ConnectionId> kept = new LinkedHashSet<>(connectionIds);
          kept.removeIf(connectionId -> !isConnected(present(connectionId)));
          return kept;
        });
  }

  @Override
  public Page page(Optional<String> after) {
    return call(
        Call.CONNECTIONS_PAGE,
        ALL,
        () -> {
          List<Entry> entries = new ArrayList<>();
          for (ConnectionId connectionId : List.copyOf(connections.keySet())) {
            Connection connection = present(connectionId);
            List<RunId> pending =
                connection.subscriptions.entrySet().stream()
                    .filter(item -> item.getValue().isPendingOrEnding())
                    .map(Map.Entry::getKey)
                    .toList();
            if (isConnected(connection)) {
              Instant connectedAt = connection.ownUntil.minus(KEEP);
              entries.add(new Entry(connectionId, Optional.of(connectedAt), pending));
            } else if (!connection.subscriptions.isEmpty()) {
              entries.add(new Entry(connectionId, Optional.empty(), pending));
            }
          }
          return new Page(entries, Optional.empty());
        });
  }

  @Override
  public List<RunId> disconnect(ConnectionId connectionId) {
    // In steps, as in the real table: no subscription is possible after the first one.
    call(
        Call.CONNECTIONS_DISCONNECTED,
        connectionId,
        () -> present(connectionId).ownUntil = Instant.MIN);
    List<RunId> runIds =
        call(
            Call.CONNECTIONS_DISCONNECTED,
            connectionId,
            () -> List.copyOf(present(connectionId).subscriptions.keySet()));
    call(
        Call.CONNECTIONS_DISCONNECTED,
        connectionId,
        () -> present(connectionId).subscriptions.keySet().removeAll(runIds));
    return runIds;
  }
}
