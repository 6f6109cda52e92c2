package arena.stream;

import arena.broker.ConnectionId;
import arena.broker.Subscribers;
import arena.broker.TooManyReaders;
import arena.error.DependencyUnavailable;
import arena.run.RunId;
import arena.stream.Connections.Subscriber;
import java.util.List;
import java.util.OptionalLong;
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
  private final ConnectionAccess access;
  private final ConnectionSender sender;

  /** Readers whose stream has ended; the subscription index may still list them. */
  private final Set<ConnectionId> ended = ConcurrentHashMap.newKeySet();

  RunReaders(
      RunId runId,
      Subscribers subscribers,
      Connections connections,
      ConnectionAccess access,
      ConnectionSender sender) {
    this.runId = runId;
    this.subscribers = subscribers;
    this.connections = connections;
    this.access = access;
    this.sender = sender;
  }

  /** Reads the state of the run and readers that are behind. */
  Subscribers.Look look(Subscribers.LookQuery query) {
    Subscribers.Look look = subscribers.look(runId, query);
    look.found().forEach(reader -> ended.remove(reader.connectionId()));
    return look;
  }

  /**
   * Reads whether readers may be served, several with one call. After a failure, {@link #isEnded}
   * reads it.
   */
  void prepare(List<Subscribers.Reader> found) {
    try {
      access.load(found.stream().map(Subscribers.Reader::connectionId).toList());
    } catch (DependencyUnavailable e) {
      LOG.atWarn().addKeyValue("run_id", runId).setCause(e).log("failed to read callers");
    }
  }

  /** Whether a reader may no longer be served; see {@link ConnectionAccess#isEnded}. */
  boolean isEnded(ConnectionId connectionId) {
    return access.isEnded(connectionId);
  }

  /**
   * Lists subscriptions whose cursors need work: pending and ending ones, and those without one.
   */
  List<Subscriber> withoutCursor() {
    List<Subscriber> subscribed = connections.subscribers(runId);
    // A cursor is set before its subscription, so cursors must be read second.
    Set<ConnectionId> known = subscribers.cursors(runId).keySet();
    ended.removeAll(known);
    return subscribed.stream()
        .filter(
            reader ->
                reader.pending()
                    || reader.ending()
                    || (!known.contains(reader.connectionId())
                        && !ended.contains(reader.connectionId())))
        .toList();
  }

  /**
   * Stores the cursor of a pending subscription under the lease.
   *
   * @return false if the lease was lost; the reader then counts as lost
   */
  boolean adopt(ConnectionId connectionId, FanOutLease lease) {
    OptionalLong from = connections.adopt(runId, connectionId);
    if (from.isEmpty()) {
      return true; // adopted by another fan-out, or subscribed again
    }
    try {
      if (!lease.adopt(connectionId, from.getAsLong())) {
        return false;
      }
    } catch (TooManyReaders e) {
      connections.unsubscribe(runId, connectionId);
      sender.send(connectionId, ServerMessages.tooManyReaders(runId));
      return true;
    }
    if (!connections.isSubscribed(runId, connectionId)) { // it has unsubscribed meanwhile
      subscribers.remove(runId, connectionId);
    }
    return true;
  }

  /**
   * Removes the cursor and the subscription of a reader that unsubscribed while the broker was
   * unavailable.
   *
   * @return false if it has subscribed again meanwhile and its cursor is removed; it is then lost
   */
  boolean end(ConnectionId connectionId) {
    subscribers.remove(runId, connectionId);
    connections.endUnsubscribed(runId, connectionId);
    return !connections.isSubscribed(runId, connectionId)
        || subscribers.cursor(runId, connectionId).isPresent();
  }

  /** Clears a loss whose readers were handled; see {@link Subscribers#clearLoss}. */
  void clearLoss(long loss) {
    subscribers.clearLoss(runId, loss);
  }

  /** Marks that cursors may be lost; see {@link Subscribers#markLoss}. */
  void markLoss() {
    subscribers.markLoss(runId);
  }

  /** Notes that a reader's stream ends now; must be called before its cursor is removed. */
  void ending(ConnectionId connectionId) {
    ended.add(connectionId);
  }

  /**
   * Removes the subscription of an ended stream. If the call fails, it may still take effect later
   * and remove a new subscription of the same connection, so the connection is closed.
   */
  void unsubscribe(ConnectionId connectionId) {
    try {
      connections.endSubscription(runId, connectionId);
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
