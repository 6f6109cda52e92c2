package arena.local.gateway;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * A WebSocket API, as the template declares it.
 *
 * @param apiId its id
 * @param stage the stage's name, which is its path
 * @param selector the field of a message that selects its route, from {@code $request.body.<field>}
 * @param routes the routes by key; {@code $connect}, {@code $disconnect} and {@code $default} have
 *     their meaning
 * @param throttle what the routes together let through, if bounded
 * @param accessLog the format of the access log's lines, with {@code $context.} variables
 */
public record WebSocketApiDefinition(
    String apiId,
    String stage,
    String selector,
    Map<String, Route> routes,
    Optional<HttpApiDefinition.Throttle> throttle,
    Optional<String> accessLog) {
  /** Longest that an integration may take. */
  public static final Duration MAX_INTEGRATION = Duration.ofSeconds(29);

  /** Keeps the routes from changing. */
  public WebSocketApiDefinition {
    routes = Map.copyOf(routes);
  }

  /**
   * A route.
   *
   * @param function the name or ARN of the function behind it
   * @param timeout how long the function may take, at most {@link #MAX_INTEGRATION}
   */
  public record Route(String function, Duration timeout) {
    /** Checks the time-out. */
    public Route {
      if (!timeout.isPositive() || timeout.compareTo(MAX_INTEGRATION) > 0) {
        throw new IllegalArgumentException(
            "a time-out of " + timeout + " is not above 0 and within 29 s");
      }
    }
  }
}
