package arena.broker;

/**
 * A WebSocket connection's id, as API Gateway assigned it.
 *
 * @param value opaque text, not empty
 */
public record ConnectionId(String value) {
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

  @Override
  public String toString() {
    return value;
  }
}
