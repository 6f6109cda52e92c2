package arena.local.gateway;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An HTTP API, as the template declares it.
 *
 * @param apiId its id
 * @param routes its routes
 * @param cors what browsers on other origins may do, if anything
 * @param throttle what each route lets through, unless it is named in {@code throttles}
 * @param throttles what some routes let through, by route key
 * @param accessLog the format of the access log's lines, with {@code $context.} variables
 */
public record HttpApiDefinition(
    String apiId,
    List<Route> routes,
    Optional<Cors> cors,
    Optional<Throttle> throttle,
    Map<String, Throttle> throttles,
    Optional<String> accessLog) {
  /** Longest that an integration may take. */
  public static final Duration MAX_INTEGRATION = Duration.ofSeconds(30);

  /** Keeps the lists from changing. */
  public HttpApiDefinition {
    routes = List.copyOf(routes);
    throttles = Map.copyOf(throttles);
  }

  /**
   * A route.
   *
   * @param key such as {@code GET /runs/{run_id}}, {@code ANY /runs}, or {@code $default}
   * @param function the name or ARN of the function behind it
   * @param timeout how long the function may take, at most {@link #MAX_INTEGRATION}
   */
  public record Route(String key, String function, Duration timeout) {
    /** Checks the time-out. */
    public Route {
      if (!timeout.isPositive() || timeout.compareTo(MAX_INTEGRATION) > 0) {
        throw new IllegalArgumentException(
            "route " + key + ": a time-out of " + timeout + " is not above 0 and within 30 s");
      }
    }
  }

  /**
   * What browsers on other origins may do.
   *
   * @param origins origins, or {@code *}
   * @param methods methods, or {@code *}
   * @param headers request headers, or {@code *}
   * @param exposed response headers that scripts may read
   * @param maxAge how long a browser may remember this, if said
   */
  public record Cors(
      List<String> origins,
      List<String> methods,
      List<String> headers,
      List<String> exposed,
      Optional<Duration> maxAge) {
    /** Keeps the lists from changing. */
    public Cors {
      origins = List.copyOf(origins);
      methods = List.copyOf(methods);
      headers = List.copyOf(headers);
      exposed = List.copyOf(exposed);
    }
  }

  /**
   * What is let through.
   *
   * @param perSecond requests a second, in the long run
   * @param burst requests at once
   */
  public record Throttle(double perSecond, int burst) {}
}
