package arena.broker;

/**
 * A WebSocket connection's id, as API Gateway assigned it.
 *
 * @param value opaque text, not empty
 */
public record ConnectionId(String value) {
  private static final int SHORTENED = 6;

  /** Rejects empty text. */
  public ConnectionId {
    if (value.isEmpty()) {
      throw new IllegalArgumentException("a connection's id is empty");
    }
  }

  /**
   * Returns the id with this text.
   *
   * @throws IllegalArgumentException if the text is empty
   */
  public static ConnectionId of(String value) {
    return new ConnectionId(value);
  }

  /**
   * Returns the start of the id, for answers that others read: it finds log lines, but a message
   * cannot be sent to it.
   */
  public String shortened() {
    return value.substring(0, Math.min(SHORTENED, value.length() / 2)) + "…";
  }

  @Override
  public String toString() {
    return value;
  }
}
