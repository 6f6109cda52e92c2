package arena.stream;

/** A client's message could not be answered, nor its connection closed. */
public final class ReplyFailed extends RuntimeException {
  /** Names the connection. */
  ReplyFailed(String connectionId) {
    super("connection %s can be neither answered nor closed".formatted(connectionId));
  }
}
