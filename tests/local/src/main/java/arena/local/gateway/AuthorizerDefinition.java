package arena.local.gateway;

import java.time.Duration;
import java.util.List;

/**
 * A Lambda authorizer that the template declares.
 *
 * @param function the name or ARN of its function
 * @param identity the headers of an HTTP API, or query parameters of a WebSocket API, without which
 *     a request is refused
 * @param ttl how long its answers are cached, by the identity's values
 */
public record AuthorizerDefinition(String function, List<String> identity, Duration ttl) {
  /** Copies the list. */
  public AuthorizerDefinition {
    identity = List.copyOf(identity);
    if (identity.isEmpty() || ttl.isNegative() || ttl.compareTo(Duration.ofHours(1)) > 0) {
      throw new IllegalArgumentException(
          "an authorizer has an identity source, and a TTL of at most an hour");
    }
  }
}
