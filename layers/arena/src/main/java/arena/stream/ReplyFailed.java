package arena.stream;

/** A reply could not be sent, and the connection could not be closed. */
public final class ReplyFailed extends RuntimeException {
  /** Names the connection. */
  ReplyFailed(String connectionId) {
    super("cannot reply to or close connection %s".formatted(connectionId));
  }
}
