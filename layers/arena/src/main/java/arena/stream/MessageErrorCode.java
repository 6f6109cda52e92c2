package arena.stream;

import java.util.Locale;

/** Why a client's message was not done: the {@code code} of the error that answers it. */
public enum MessageErrorCode {
  /** It cannot be read as a JSON object. */
  BAD_JSON,
  /** It has no action, or one that the protocol does not know. */
  UNKNOWN_ACTION,
  /** A field is missing, unknown, or has a value that is not possible. */
  INVALID_FIELD,
  /** It names a run that does not exist. */
  UNKNOWN_RUN,
  /** The connection has {@link Connections#MAX_SUBSCRIPTIONS} already. */
  TOO_MANY_SUBSCRIPTIONS,
  /** The run has {@link arena.broker.Subscribers#MAX_READERS} already. */
  TOO_MANY_READERS,
  /** A store does not answer; the same message may be said again. */
  UNAVAILABLE,
  /** The service failed; its log tells why. */
  INTERNAL_ERROR;

  /** The code as the message has it. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
