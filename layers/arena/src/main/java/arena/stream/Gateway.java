package arena.stream;

/** Sends to WebSocket connections. */
public interface Gateway {
  /** Sends one message, of at most 128 KB, to one connection. */
  Sent send(String connectionId, String message);

  /** What became of a message. */
  enum Sent {
    /** It is on its way. */
    DELIVERED,
    /** The connection does not exist any more. */
    GONE,
    /** Too many messages, or a passing fault: send it again later. */
    LATER
  }
}
