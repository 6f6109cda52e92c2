package arena.local.gateway;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * A WebSocket API that the template declares.
 *
 * @param apiId its id
 * @param stage the stage's name, which is its path
 * @param selector the field of a message that selects its route, from {@code $request.body.<field>}
 * @param routes the routes by key; {@code $connect}, {@code $disconnect} and {@code $default} are
 *     predefined
 * @param throttle the throttle of all routes together, if any
 * @param accessLog the format of the access log's lines, with {@code $context.} variables
 */
public record WebSocketApiDefinition(
    String apiId,
    String stage,
    String selector,
    Map<String, Route> routes,
    Optional<HttpApiDefinition.Throttle> throttle,
    Optional<String> accessLog) {
  /** Longest timeout of an integration. */
  public static final Duration MAX_INTEGRATION = Duration.ofSeconds(29);

  /** Copies the routes. */
  public WebSocketApiDefinition {
    routes = Map.copyOf(routes);
  }

  /**
   * A route.
   *
   * @param function the name or ARN of its function
   * @param timeout the timeout of its function, at most {@link #MAX_INTEGRATION}
   * @param authorizer its authorizer, if any; only {@code $connect} can have one
   */
  public record Route(
      String function, Duration timeout, Optional<AuthorizerDefinition> authorizer) {
    /** Creates a route without an authorizer. */
    public Route(String function, Duration timeout) {
      this(function, timeout, Optional.empty());
    }

    /** Checks the timeout. */
    public Route {
      if (!timeout.isPositive() || timeout.compareTo(MAX_INTEGRATION) > 0) {
        throw new IllegalArgumentException(
            "the timeout must be above 0 and at most 29 s, not " + timeout);
      }
    }
  }
}
