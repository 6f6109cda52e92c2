package arena.stream;

import arena.broker.Subscribers;

/** The end of a connection, however it was noticed. */
public final class Disconnection {
  private Disconnection() {}

  /**
   * Forgets a connection and lets go of everything that it subscribed to. An id is never given out
   * twice, so doing it twice does it once; what fails halfway is found by the reaper.
   */
  public static void forget(String connectionId, Connections connections, Subscribers subscribers) {
    for (String runId : connections.disconnected(connectionId)) {
      subscribers.remove(runId, connectionId);
    }
  }
}
