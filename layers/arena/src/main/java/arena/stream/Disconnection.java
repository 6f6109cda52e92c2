package arena.stream;

import arena.broker.ConnectionId;
import arena.broker.Subscribers;
import arena.run.RunId;

/** Cleans up ended connections. */
public final class Disconnection {
  private Disconnection() {}

  /**
   * Deletes a connection, its subscriptions and its cursors. Idempotent; the reaper completes a
   * partial cleanup.
   */
  public static void cleanUp(
      ConnectionId connectionId, Connections connections, Subscribers subscribers) {
    for (RunId runId : connections.disconnect(connectionId)) {
      subscribers.remove(runId, connectionId);
    }
  }
}
