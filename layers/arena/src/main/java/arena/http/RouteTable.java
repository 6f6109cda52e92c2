package arena.http;

import static java.util.Map.entry;

import arena.access.CallLimits;
import arena.access.Principal;
import arena.access.Role;
import arena.access.TooManyCalls;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;

/**
 * The routes of all functions. API Gateway sends requests without a route to one function, which
 * distinguishes unknown paths from known ones with another method.
 */
public final class RouteTable {
  /** The least role for each route; empty for one that needs no token. */
  private static final Map<String, Optional<Role>> LEAST_ROLES =
      Map.ofEntries(
          entry("GET /", Optional.empty()),
          entry("GET /console/{version}/{file}", Optional.empty()),
          entry("GET /console/{version}/{folder}/{file}", Optional.empty()),
          entry("GET /docs", Optional.empty()),
          entry("GET /openapi.yaml", Optional.empty()),
          entry("GET /deployment", Optional.empty()),
          entry("GET /health", Optional.empty()),
          entry("GET /models", Optional.of(Role.VIEWER)),
          entry("GET /metrics", Optional.of(Role.VIEWER)),
          entry("GET /runs", Optional.of(Role.VIEWER)),
          entry("POST /runs", Optional.of(Role.OPERATOR)),
          entry("GET /runs/summaries", Optional.of(Role.VIEWER)),
          entry("GET /runs/series", Optional.of(Role.VIEWER)),
          entry("GET /runs/{run_id}", Optional.of(Role.VIEWER)),
          entry("GET /runs/{run_id}/diagnosis", Optional.of(Role.VIEWER)),
          entry("GET /runs/{run_id}/report", Optional.of(Role.OPERATOR)),
          entry("POST /runs/{run_id}/stop", Optional.of(Role.OPERATOR)),
          entry("GET /runs/{run_id}/export", Optional.of(Role.VIEWER)),
          entry("GET /replays", Optional.of(Role.VIEWER)),
          entry("GET /operations", Optional.of(Role.VIEWER)),
          entry("GET /experiments", Optional.of(Role.VIEWER)),
          entry("GET /experiments/{experiment_id}", Optional.of(Role.VIEWER)),
          entry("GET /races", Optional.of(Role.VIEWER)),
          entry("GET /races/{race_id}", Optional.of(Role.VIEWER)),
          entry("GET /rankings", Optional.of(Role.VIEWER)),
          entry("GET /events", Optional.of(Role.VIEWER)),
          entry("POST /forks", Optional.of(Role.OPERATOR)),
          entry("POST /experiments", Optional.of(Role.OPERATOR)),
          entry("POST /experiments/{experiment_id}/cancel", Optional.of(Role.OPERATOR)),
          entry("POST /experiments/{experiment_id}/replicas", Optional.of(Role.OPERATOR)),
          entry("POST /races", Optional.of(Role.OPERATOR)),
          entry("POST /races/{race_id}/cancel", Optional.of(Role.OPERATOR)),
          entry("POST /tickets", Optional.of(Role.VIEWER)));

  /**
   * Calls a minute that one token may make to a route, below the throttle that all callers share;
   * unlimited for other routes, which read a bounded amount.
   */
  private static final Map<String, Integer> CALLS_PER_MINUTE =
      Map.ofEntries(
          entry("POST /runs", 240),
          entry("POST /forks", 240),
          entry("POST /experiments", 60),
          entry("POST /experiments/{experiment_id}/cancel", 60),
          entry("POST /experiments/{experiment_id}/replicas", 60),
          entry("POST /races", 60),
          entry("POST /races/{race_id}/cancel", 60),
          entry("POST /runs/{run_id}/stop", 120),
          entry("GET /runs/{run_id}/diagnosis", 120),
          entry("GET /replays", 120),
          entry("GET /operations", 120),
          entry("GET /runs/{run_id}/report", 30),
          entry("GET /runs/{run_id}/export", 120),
          entry("GET /runs/series", 240),
          // Tables that wait for the end of a comparison ask every 2 s; many may have one token.
          entry("GET /experiments/{experiment_id}", 600),
          entry("GET /races/{race_id}", 600),
          entry("GET /rankings", 60),
          entry("POST /tickets", CallLimits.CONNECTIONS));

  /** The route keys. */
  public static final Set<String> KEYS = LEAST_ROLES.keySet();

  private RouteTable() {}

  /**
   * The least role for a route; empty if it needs no token. A route that is not listed needs all.
   */
  public static Optional<Role> leastRole(String key) {
    return LEAST_ROLES.getOrDefault(key, Optional.of(Role.OPERATOR));
  }

  /** Calls a minute that one token may make to a route; empty if they are not limited. */
  public static OptionalInt callsPerMinute(String key) {
    Integer limit = CALLS_PER_MINUTE.get(key);
    return limit == null ? OptionalInt.empty() : OptionalInt.of(limit);
  }

  /**
   * Checks that a request's caller may call its route, and counts the call if the route is limited.
   *
   * @throws ApiException 401 if there is no valid token, 403 if its role is not enough
   * @throws TooManyCalls if its token made too many calls
   */
  static void authorize(Request request, Instant now, Supplier<CallLimits> limits) {
    Optional<Role> least = leastRole(request.route());
    if (least.isEmpty()) {
      return;
    }
    // API Gateway caches the authorizer's answer, which may be older than the token's expiry.
    Principal caller =
        request
            .caller()
            .filter(found -> found.isCurrentAt(now))
            .orElseThrow(ApiException::unauthorized);
    if (!caller.role().includes(least.get())) {
      throw ApiException.forbidden();
    }
    callsPerMinute(request.route())
        .ifPresent(limit -> limits.get().count(caller, request.route(), limit));
  }

  /**
   * Returns the methods of a path in alphabetical order; none if the path is unknown. A path with
   * variables does not apply where one without is the same, as in API Gateway.
   */
  static List<String> methods(String path) {
    String[] segments = path.split("/", -1);
    TreeSet<String> exact = new TreeSet<>();
    TreeSet<String> variable = new TreeSet<>();
    for (String key : KEYS) {
      String[] parts = key.split(" ", 2);
      String[] pattern = parts[1].split("/", -1);
      if (parts[1].equals(path)) {
        exact.add(parts[0]);
      } else if (matches(pattern, segments)) {
        variable.add(parts[0]);
      }
    }
    return List.copyOf(exact.isEmpty() ? variable : exact);
  }

  private static boolean matches(String[] pattern, String[] segments) {
    if (pattern.length != segments.length) {
      return false;
    }
    for (int i = 0; i < pattern.length; i++) {
      boolean same =
          pattern[i].startsWith("{") ? !segments[i].isEmpty() : pattern[i].equals(segments[i]);
      if (!same) {
        return false;
      }
    }
    return true;
  }
}
