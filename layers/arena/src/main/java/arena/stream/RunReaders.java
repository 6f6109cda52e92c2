package arena.stream;

import arena.broker.BrokerUnavailable;
import arena.broker.Subscribers;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The live readers of one run: their cursors in the broker, and their subscriptions among the
 * connections. Thread-safe.
 */
final class RunReaders {
  private static final Logger LOG = LoggerFactory.getLogger(RunReaders.class);

  private final String runId;
  private final Subscribers subscribers;
  private final Connections connections;
  private final ConnectionSender sender;

  /** Readers whose stream has ended, while the index of subscriptions may still list them. */
  private final Set<String> ended = ConcurrentHashMap.newKeySet();

  RunReaders(
      String runId, Subscribers subscribers, Connections connections, ConnectionSender sender) {
    this.runId = runId;
    this.subscribers = subscribers;
    this.connections = connections;
    this.sender = sender;
  }

  /** Every reader's cursor. A reader with a cursor is not taken for one whose stream has ended. */
  Map<String, Long> cursors() {
    Map<String, Long> cursors = subscribers.cursors(runId);
    ended.removeAll(cursors.keySet());
    return cursors;
  }

  /** The connections that subscribe to the run and have no cursor, because Redis lost it. */
  List<String> lost() {
    List<String> subscribed = connections.subscribers(runId);
    // The cursor is there before the subscription is.
    Set<String> known = subscribers.cursors(runId).keySet();
    return subscribed.stream()
        .filter(connectionId -> !known.contains(connectionId) && !ended.contains(connectionId))
        .toList();
  }

  /** Records that cursors may be lost; see {@link Subscribers#markLoss}. */
  void markLoss() {
    subscribers.markLoss(runId);
  }

  /**
   * Ends a subscription whose stream has ended, so that it does not end twice. A call that fails
   * may still take effect later, when the connection has subscribed again, and end that one: so the
   * connection is closed.
   */
  void unsubscribe(String connectionId) {
    ended.add(connectionId);
    try {
      connections.unsubscribed(connectionId, runId);
      if (mayHaveCursor(connectionId)) {
        connections.subscribed(connectionId, runId); // it subscribed again at once
      }
    } catch (ConnectionsUnavailable e) {
      LOG.warn(
          "run {}: connection {} is closed: it may count as subscribed", runId, connectionId, e);
      close(connectionId);
    }
  }

  private boolean mayHaveCursor(String connectionId) {
    try {
      return subscribers.cursor(runId, connectionId).isPresent();
    } catch (BrokerUnavailable _) {
      return true;
    }
  }

  /**
   * Closes a connection: its client reconnects and continues from the last event it has. One that
   * cannot be closed now is kept: its client would wait for events that never come.
   *
   * @return whether it is closed
   */
  boolean close(String connectionId) {
    boolean closed = sender.close(connectionId);
    if (closed) {
      forget(connectionId);
    }
    return closed;
  }

  /** Deletes a connection that is gone, with all its subscriptions. */
  void forget(String connectionId) {
    Disconnection.forget(connectionId, connections, subscribers);
  }
}
