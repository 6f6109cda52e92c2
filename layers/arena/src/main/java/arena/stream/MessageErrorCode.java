package arena.stream;

import java.util.Locale;

/** The {@code code} of an error message to a client. */
public enum MessageErrorCode {
  /** The message is not a JSON object. */
  BAD_JSON,
  /** The action is missing or unknown. */
  UNKNOWN_ACTION,
  /** A field is missing, unknown or invalid. */
  INVALID_FIELD,
  /** The run does not exist. */
  UNKNOWN_RUN,
  /** The connection's ticket is for another run. */
  FORBIDDEN,
  /** The connection's token is expired or revoked. The connection is closed. */
  UNAUTHORIZED,
  /** The connection has {@link Connections#MAX_SUBSCRIPTIONS}. */
  TOO_MANY_SUBSCRIPTIONS,
  /** The run has {@link arena.broker.Subscribers#MAX_READERS}. */
  TOO_MANY_READERS,
  /**
   * The connection has subscribed too often in the last minute; see {@link
   * arena.broker.Subscribers#admit}. Retryable after a minute.
   */
  TOO_MANY_REQUESTS,
  /**
   * Events are delayed, because the broker is unavailable. The subscription stays, and the events
   * follow.
   */
  BEHIND,
  /** A store is temporarily unavailable. Retryable. */
  UNAVAILABLE,
  /** An unexpected failure; details are in the log. */
  INTERNAL_ERROR;

  /** The name in JSON. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
