package arena.stream;

import arena.broker.Subscribers;

/** Cleans up ended connections. */
public final class Disconnection {
  private Disconnection() {}

  /**
   * Deletes a connection, its subscriptions and its cursors. Idempotent; the reaper completes a
   * partial cleanup.
   */
  public static void cleanUp(
      String connectionId, Connections connections, Subscribers subscribers) {
    for (String runId : connections.disconnect(connectionId)) {
      subscribers.remove(runId, connectionId);
    }
  }
}
