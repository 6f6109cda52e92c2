package arena.stream;

import arena.broker.ConnectionId;

/** Sends messages to WebSocket connections. Failures are results, not exceptions. */
public interface ConnectionSender {
  /** Sends a message of at most 128 KB. */
  Result send(ConnectionId connectionId, String message);

  /**
   * Closes a connection, so that its client reconnects.
   *
   * @return whether it is closed; false if API Gateway could not be reached
   */
  boolean close(ConnectionId connectionId);

  /** Whether a connection no longer exists, or never did; false if unknown. */
  boolean isGone(ConnectionId connectionId);

  /** The result of a send. */
  enum Result {
    /** Accepted for delivery. */
    DELIVERED,
    /** The connection no longer exists, or never did. */
    GONE,
    /** Throttled or temporarily unavailable; retryable. */
    LATER,
    /** Rejected permanently: too large or forbidden. The reason is logged. */
    REFUSED
  }
}
