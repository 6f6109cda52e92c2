package arena.local.gateway;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An HTTP API that the template declares.
 *
 * @param apiId its id
 * @param routes its routes
 * @param cors the CORS configuration, if any
 * @param throttle the throttle of each route that is not in {@code throttles}
 * @param throttles the throttles of single routes, by route key
 * @param accessLog the format of the access log's lines, with {@code $context.} variables
 */
public record HttpApiDefinition(
    String apiId,
    List<Route> routes,
    Optional<Cors> cors,
    Optional<Throttle> throttle,
    Map<String, Throttle> throttles,
    Optional<String> accessLog) {
  /** Longest timeout of an integration. */
  public static final Duration MAX_INTEGRATION = Duration.ofSeconds(30);

  /** Copies the collections. */
  public HttpApiDefinition {
    routes = List.copyOf(routes);
    throttles = Map.copyOf(throttles);
  }

  /**
   * A route.
   *
   * @param key such as {@code GET /runs/{run_id}}, or {@code $default}
   * @param function the name or ARN of its function
   * @param timeout the timeout of its function, at most {@link #MAX_INTEGRATION}
   * @param authorizer its authorizer, if any
   */
  public record Route(
      String key, String function, Duration timeout, Optional<AuthorizerDefinition> authorizer) {
    /** Creates a route without an authorizer. */
    public Route(String key, String function, Duration timeout) {
      this(key, function, timeout, Optional.empty());
    }

    /** Checks the timeout. */
    public Route {
      if (!timeout.isPositive() || timeout.compareTo(MAX_INTEGRATION) > 0) {
        throw new IllegalArgumentException(
            "route " + key + ": the timeout must be above 0 and at most 30 s, not " + timeout);
      }
    }
  }

  /**
   * A CORS configuration.
   *
   * @param origins allowed origins, or {@code *}
   * @param methods allowed methods, or {@code *}
   * @param headers allowed request headers, or {@code *}
   * @param exposed response headers that scripts may read
   * @param maxAge how long a browser may cache the response to a preflight request
   */
  public record Cors(
      List<String> origins,
      List<String> methods,
      List<String> headers,
      List<String> exposed,
      Optional<Duration> maxAge) {
    /** Copies the collections. */
    public Cors {
      origins = List.copyOf(origins);
      methods = List.copyOf(methods);
      headers = List.copyOf(headers);
      exposed = List.copyOf(exposed);
    }
  }

  /**
   * A throttle.
   *
   * @param perSecond requests a second
   * @param burst requests in a burst
   */
  public record Throttle(double perSecond, int burst) {}
}
