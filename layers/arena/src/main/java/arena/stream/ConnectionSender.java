package arena.stream;

/** Sends to WebSocket connections. Trouble with one connection is an answer, not an exception. */
public interface ConnectionSender {
  /** Sends one message, of at most 128 KB, to one connection. */
  Sent send(String connectionId, String message);

  /**
   * Closes a connection: its client then knows, and returns.
   *
   * @return whether it is closed now; false if it cannot be reached for now
   */
  boolean close(String connectionId);

  /** Whether a connection is gone for certain; false also if that cannot be told now. */
  boolean isGone(String connectionId);

  /** What became of a message. */
  enum Sent {
    /** It is on its way. */
    DELIVERED,
    /** The connection does not exist any more. */
    GONE,
    /** Too many messages, or a passing fault: send it again later. */
    LATER,
    /** It will never be taken: too large, or not allowed. The log has why. */
    REFUSED
  }
}
