package arena.stream;

import arena.access.Principal;
import arena.broker.ConnectionId;
import arena.run.RunId;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Stores WebSocket connections and their subscriptions, so that they can be cleaned up when a
 * connection ends.
 */
public interface Connections {
  /** Adds a connection of a caller. */
  void connect(ConnectionId connectionId, Principal caller, Instant at);

  /**
   * Returns the callers of those of the connections that exist, with a consistent read; an empty
   * one if it was stored without.
   */
  Map<ConnectionId, Optional<Principal>> callers(Collection<ConnectionId> connectionIds);

  /**
   * Adds a subscription whose cursor is stored. It is no longer pending.
   *
   * @return false if the connection has {@link #MAX_SUBSCRIPTIONS} or does not exist
   */
  boolean subscribe(RunId runId, ConnectionId connectionId);

  /**
   * Adds a pending subscription: one whose cursor cannot be stored now, because the broker is
   * unavailable. An existing subscription becomes pending from this seq.
   *
   * @return false if the connection has {@link #MAX_SUBSCRIPTIONS} or does not exist
   */
  boolean subscribePending(RunId runId, ConnectionId connectionId, long fromSeq);

  /**
   * Marks a subscription as ending: its cursor cannot be removed now, because the broker is
   * unavailable. Has no effect if it does not exist.
   */
  void unsubscribePending(RunId runId, ConnectionId connectionId);

  /** Removes a subscription if it is still ending, because its cursor was removed. */
  void endUnsubscribed(RunId runId, ConnectionId connectionId);

  /**
   * Makes a pending subscription an ordinary one, so that the caller, and no other, may store its
   * cursor. If the caller dies before it does, the subscription has no cursor, as one whose cursor
   * the broker lost.
   *
   * @return the first seq to send; empty if the subscription is not pending, is ending, or does not
   *     exist
   */
  OptionalLong adopt(RunId runId, ConnectionId connectionId);

  /** Whether a connection is subscribed to a run, with a consistent read. */
  boolean isSubscribed(RunId runId, ConnectionId connectionId);

  /** Lists the subscriptions to a run; eventually consistent. */
  List<Subscriber> subscribers(RunId runId);

  /**
   * A connection that is subscribed to a run.
   *
   * @param pending whether its cursor is not stored yet; see {@link #subscribePending}
   * @param ending whether it has unsubscribed; see {@link #unsubscribePending}
   */
  record Subscriber(ConnectionId connectionId, boolean pending, boolean ending) {
    /** A subscription that is not ending. */
    public Subscriber(ConnectionId connectionId, boolean pending) {
      this(connectionId, pending, false);
    }
  }

  /** Lists the runs that have subscriptions, with consistent reads of all subscriptions. */
  Set<RunId> subscribedRuns();

  /**
   * Lists the runs that have pending or ending subscriptions, with consistent reads of all
   * subscriptions.
   */
  Set<RunId> pendingRuns();

  /**
   * Takes or extends the lease of the {@linkplain BrokerRecovery recovery}.
   *
   * @param held until when the caller holds it; empty if it does not
   * @param until until when it will hold it
   * @return false if another one holds it
   */
  boolean holdRecovery(Optional<Instant> held, Instant until);

  /** Releases the lease of the recovery, unless another one has taken it. */
  void releaseRecovery(Instant held);

  /** Removes a subscription. */
  void unsubscribe(RunId runId, ConnectionId connectionId);

  /** Removes the subscription of a stream that has ended, unless it is pending or ending. */
  void endSubscription(RunId runId, ConnectionId connectionId);

  /** Removes a connection and its subscriptions; returns the runs it was subscribed to. */
  List<RunId> disconnect(ConnectionId connectionId);

  /** Returns those of the connections that exist, with a consistent read. */
  Set<ConnectionId> existing(Collection<ConnectionId> connectionIds);

  /**
   * Lists all connections, in no order. Concurrent changes may be missing.
   *
   * @param after the previous page's {@code next}; empty for the first page
   */
  Page page(Optional<String> after);

  /**
   * A page of connections.
   *
   * @param entries a connection may occur on two pages
   * @param next cursor of the next page; empty on the last page
   */
  record Page(List<Entry> entries, Optional<String> next) {}

  /**
   * A stored connection.
   *
   * @param connectedAt when it connected; empty if the page has only its subscriptions
   * @param pending the runs of its pending and ending subscriptions on this page
   */
  record Entry(ConnectionId connectionId, Optional<Instant> connectedAt, List<RunId> pending) {
    public Entry {
      pending = List.copyOf(pending);
    }
  }

  /** Maximum duration of a connection, a limit of API Gateway. */
  Duration MAX_DURATION = Duration.ofHours(2);

  /** Maximum number of subscriptions per connection. */
  int MAX_SUBSCRIPTIONS = 100;
}
