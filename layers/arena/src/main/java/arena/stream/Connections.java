package arena.stream;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * WebSocket connections and what each subscribes to, kept so that a connection's end can be cleaned
 * up.
 */
public interface Connections {
  /** A connection came. */
  void connected(String connectionId, Instant at);

  /**
   * A connection subscribes to a run.
   *
   * @return false if it has reached {@link #MAX_SUBSCRIPTIONS}, or is not connected
   */
  boolean subscribed(String connectionId, String runId);

  /** The connections that subscribe to a run; one that has just begun to may be missing. */
  List<String> subscribers(String runId);

  /** A connection no longer subscribes to a run. */
  void unsubscribed(String connectionId, String runId);

  /** A connection went. Returns the runs that it subscribed to. */
  List<String> disconnected(String connectionId);

  /** Those of these connections that are kept, as it is now (a consistent read). */
  Set<String> kept(Collection<String> connectionIds);

  /**
   * What is kept, a page at a time, in no order; what comes or goes meanwhile may be missing.
   *
   * @param after where the page before ended, or empty for the first one
   */
  Page page(Optional<String> after);

  /**
   * Some of what is kept.
   *
   * @param entries a connection may be spread over two pages
   * @param next what to ask for next; empty after the last page
   */
  record Page(List<Entry> entries, Optional<String> next) {}

  /**
   * What is kept of one connection.
   *
   * @param connectedAt when it came; empty if only subscriptions of it are here
   */
  record Entry(String connectionId, Optional<Instant> connectedAt) {}

  /** Longest that a connection lives: API Gateway ends it then. */
  Duration MAX_LIFE = Duration.ofHours(2);

  /** Most runs that one connection subscribes to at once. */
  int MAX_SUBSCRIPTIONS = 100;
}
