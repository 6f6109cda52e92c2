package arena.stream;

import arena.broker.ConnectionId;

/** A reply could not be sent, and the connection could not be closed. */
public final class ReplyFailed extends RuntimeException {
  /** Names the connection. */
  ReplyFailed(ConnectionId connectionId) {
    super("cannot reply to or close connection %s".formatted(connectionId));
  }
}
