package arena.stream;

import arena.access.ActiveTokens;
import arena.access.Principal;
import arena.broker.ConnectionId;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Whether connections may still be served: their callers' tokens can expire or be revoked while
 * they are open. Who opened a connection never changes, so it is cached. Thread-safe.
 */
public final class ConnectionAccess {
  /** Maximum number of connections whose callers are cached. */
  private static final int MAX_CACHED = 10_000;

  private final Connections connections;
  private final ActiveTokens tokens;

  /** Callers by connection; an empty one if the connection was stored without. */
  private final Map<ConnectionId, Optional<Principal>> callers = new ConcurrentHashMap<>();

  public ConnectionAccess(Connections connections, ActiveTokens tokens) {
    this.connections = connections;
    this.tokens = tokens;
  }

  /**
   * Returns the caller of a connection, if its token is valid.
   *
   * @return empty if the token is expired or revoked, or the connection is not stored
   * @throws arena.error.DependencyUnavailable if a store does not answer
   */
  Optional<Principal> caller(ConnectionId connectionId) {
    load(List.of(connectionId));
    return callers.getOrDefault(connectionId, Optional.empty()).filter(tokens::isActive);
  }

  /**
   * Whether a connection must be ended, because its token is expired or revoked. One that is not
   * stored has disconnected, which the next send finds.
   *
   * @throws arena.error.DependencyUnavailable if a store does not answer
   */
  boolean isEnded(ConnectionId connectionId) {
    load(List.of(connectionId));
    Optional<Principal> caller = callers.get(connectionId);
    return caller != null && caller.filter(tokens::isActive).isEmpty();
  }

  /**
   * Reads the callers of connections, several with one call, so that the other methods need not.
   *
   * @throws arena.error.DependencyUnavailable if the store does not answer
   */
  void load(Collection<ConnectionId> connectionIds) {
    List<ConnectionId> unknown =
        connectionIds.stream().filter(id -> !callers.containsKey(id)).distinct().toList();
    if (unknown.isEmpty()) {
      return;
    }
    if (callers.size() + unknown.size() > MAX_CACHED) {
      callers.clear();
    }
    callers.putAll(connections.callers(unknown));
  }
}
