package arena.local.gateway;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Finds the route of a request as API Gateway does: the most specific path wins, and {@code
 * $default} matches all other requests. Methods and path variables must be explicit: {@code ANY}
 * and greedy variables are not supported.
 */
final class HttpRoutes {
  /** A matching route with the values of its path variables. */
  record Match(HttpApiDefinition.Route route, Map<String, String> pathParameters) {}

  private record Pattern(HttpApiDefinition.Route route, String method, List<String> segments) {
    long variables() {
      return segments.stream().filter(segment -> segment.startsWith("{")).count();
    }
  }

  private final List<Pattern> patterns = new ArrayList<>();
  private final Optional<HttpApiDefinition.Route> defaultRoute;

  HttpRoutes(List<HttpApiDefinition.Route> routes) {
    HttpApiDefinition.Route fallback = null;
    for (HttpApiDefinition.Route route : routes) {
      if (route.key().equals("$default")) {
        fallback = route;
      } else {
        String[] key = route.key().split(" ", 2);
        if (key.length != 2 || !key[1].startsWith("/")) {
          throw new IllegalArgumentException(
              "the route key " + route.key() + " is not a method and a path");
        }
        if (key[0].equals("ANY") || key[0].equals("*") || key[1].contains("+}")) {
          throw new IllegalArgumentException(
              "the local stack does not support ANY and greedy variables: " + route.key());
        }
        patterns.add(new Pattern(route, key[0], segments(key[1])));
      }
    }
    patterns.sort(Comparator.comparingLong(Pattern::variables));
    defaultRoute = Optional.ofNullable(fallback);
  }

  Optional<Match> find(String method, String path) {
    List<String> segments = segments(path);
    for (Pattern pattern : patterns) {
      if (pattern.method().equals(method)) {
        Map<String, String> parameters = match(pattern.segments(), segments);
        if (parameters != null) {
          return Optional.of(new Match(pattern.route(), parameters));
        }
      }
    }
    return defaultRoute.map(route -> new Match(route, Map.of()));
  }

  private static List<String> segments(String path) {
    return List.of(path.substring(1).split("/", -1));
  }

  private static Map<String, String> match(List<String> pattern, List<String> segments) {
    if (pattern.size() != segments.size()) {
      return null;
    }
    Map<String, String> parameters = new HashMap<>();
    for (int i = 0; i < pattern.size(); i++) {
      String part = pattern.get(i);
      String segment = segments.get(i);
      if (part.startsWith("{")) {
        if (segment.isEmpty()) {
          return null;
        }
        parameters.put(part.substring(1, part.length() - 1), segment);
      } else if (!part.equals(segment)) {
        return null;
      }
    }
    return parameters;
  }
}
