package arena.stream;

import arena.broker.ConnectionId;
import arena.broker.Subscribers;
import arena.error.DependencyUnavailable;
import arena.run.RunId;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The live readers of one run: cursors in the broker and subscriptions in {@link Connections}.
 * Thread-safe.
 */
final class RunReaders {
  private static final Logger LOG = LoggerFactory.getLogger(RunReaders.class);

  private final RunId runId;
  private final Subscribers subscribers;
  private final Connections connections;
  private final ConnectionSender sender;

  /** Readers whose stream has ended; the subscription index may still list them. */
  private final Set<ConnectionId> ended = ConcurrentHashMap.newKeySet();

  RunReaders(
      RunId runId, Subscribers subscribers, Connections connections, ConnectionSender sender) {
    this.runId = runId;
    this.subscribers = subscribers;
    this.connections = connections;
    this.sender = sender;
  }

  /** Reads all cursors. A reader with a cursor no longer counts as ended. */
  Map<ConnectionId, Long> cursors() {
    Map<ConnectionId, Long> cursors = subscribers.cursors(runId);
    ended.removeAll(cursors.keySet());
    return cursors;
  }

  /** Lists subscribed connections whose cursor was lost. */
  List<ConnectionId> lost() {
    List<ConnectionId> subscribed = connections.subscribers(runId);
    // A cursor is set before its subscription, so cursors must be read second.
    Set<ConnectionId> known = subscribers.cursors(runId).keySet();
    return subscribed.stream()
        .filter(connectionId -> !known.contains(connectionId) && !ended.contains(connectionId))
        .toList();
  }

  /** Marks that cursors may be lost; see {@link Subscribers#markLoss}. */
  void markLoss() {
    subscribers.markLoss(runId);
  }

  /**
   * Removes the subscription of an ended stream. If the call fails, it may still take effect later
   * and remove a new subscription of the same connection, so the connection is closed.
   */
  void unsubscribe(ConnectionId connectionId) {
    ended.add(connectionId);
    try {
      connections.unsubscribe(runId, connectionId);
      if (mayHaveCursor(connectionId)) {
        connections.subscribe(runId, connectionId); // it has resubscribed
      }
    } catch (DependencyUnavailable e) {
      LOG.atWarn()
          .addKeyValue("run_id", runId)
          .addKeyValue("connection_id", connectionId)
          .setCause(e)
          .log("closing connection after a failed unsubscribe");
      close(connectionId);
    }
  }

  private boolean mayHaveCursor(ConnectionId connectionId) {
    try {
      return subscribers.cursor(runId, connectionId).isPresent();
    } catch (DependencyUnavailable _) {
      return true;
    }
  }

  /**
   * Closes a connection, so that its client reconnects and continues from its last event. A
   * connection that cannot be closed stays stored and is retried.
   *
   * @return whether it is closed
   */
  boolean close(ConnectionId connectionId) {
    boolean closed = sender.close(connectionId);
    if (closed) {
      forget(connectionId);
    }
    return closed;
  }

  /** Deletes a closed connection and its subscriptions. */
  void forget(ConnectionId connectionId) {
    Disconnection.cleanUp(connectionId, connections, subscribers);
  }
}
