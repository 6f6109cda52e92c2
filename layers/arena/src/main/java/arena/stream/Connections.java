package arena.stream;

import arena.broker.ConnectionId;
import arena.run.RunId;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Stores WebSocket connections and their subscriptions, so that they can be cleaned up when a
 * connection ends.
 */
public interface Connections {
  /** Adds a connection. */
  void connect(ConnectionId connectionId, Instant at);

  /**
   * Adds a subscription.
   *
   * @return false if the connection has {@link #MAX_SUBSCRIPTIONS} or does not exist
   */
  boolean subscribe(RunId runId, ConnectionId connectionId);

  /** Lists the connections subscribed to a run; eventually consistent. */
  List<ConnectionId> subscribers(RunId runId);

  /** Removes a subscription. */
  void unsubscribe(RunId runId, ConnectionId connectionId);

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
   */
  record Entry(ConnectionId connectionId, Optional<Instant> connectedAt) {}

  /** Maximum duration of a connection, a limit of API Gateway. */
  Duration MAX_DURATION = Duration.ofHours(2);

  /** Maximum number of subscriptions per connection. */
  int MAX_SUBSCRIPTIONS = 100;
}
