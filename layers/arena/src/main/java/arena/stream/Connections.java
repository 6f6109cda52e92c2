package arena.stream;

import java.time.Instant;
import java.util.List;

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

  /** Most runs that one connection subscribes to at once. */
  int MAX_SUBSCRIPTIONS = 100;
}
