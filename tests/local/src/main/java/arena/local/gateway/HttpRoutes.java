package arena.local.gateway;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Finds the route of a request as API Gateway does: the most specific path wins, then the exact
 * method; {@code $default} takes what is left.
 */
final class HttpRoutes {
  /** A route that fits, and what its path's variables stand for. */
  record Match(HttpApiDefinition.Route route, Map<String, String> pathParameters) {}

  private record Pattern(HttpApiDefinition.Route route, String method, List<String> segments) {
    int greedy() {
      return segments.getLast().endsWith("+}") ? 1 : 0;
    }

    long variables() {
      return segments.stream().filter(segment -> segment.startsWith("{")).count();
    }
  }

  private final List<Pattern> patterns = new ArrayList<>();
  private final Optional<HttpApiDefinition.Route> otherwise;

  HttpRoutes(List<HttpApiDefinition.Route> routes) {
    HttpApiDefinition.Route fallback = null;
    for (HttpApiDefinition.Route route : routes) {
      if (route.key().equals("$default")) {
        fallback = route;
      } else {
        String[] key = route.key().split(" ", 2);
        if (key.length != 2 || !key[1].startsWith("/")) {
          throw new IllegalArgumentException(
              "the route key " + route.key() + " is no method and path");
        }
        patterns.add(new Pattern(route, key[0], segments(key[1])));
      }
    }
    patterns.sort(
        Comparator.comparingInt(Pattern::greedy)
            .thenComparingLong(Pattern::variables)
            .thenComparingInt(pattern -> pattern.method().equals("ANY") ? 1 : 0));
    otherwise = Optional.ofNullable(fallback);
  }

  Optional<Match> find(String method, String path) {
    List<String> segments = segments(path);
    for (Pattern pattern : patterns) {
      if (pattern.method().equals("ANY") || pattern.method().equals(method)) {
        Map<String, String> parameters = match(pattern.segments(), segments);
        if (parameters != null) {
          return Optional.of(new Match(pattern.route(), parameters));
        }
      }
    }
    return otherwise.map(route -> new Match(route, Map.of()));
  }

  private static List<String> segments(String path) {
    return List.of(path.substring(1).split("/", -1));
  }

  private static Map<String, String> match(List<String> pattern, List<String> segments) {
    Map<String, String> parameters = new HashMap<>();
    for (int i = 0; i < pattern.size(); i++) {
      String part = pattern.get(i);
      if (i >= segments.size()) {
        return null;
      }
      if (part.endsWith("+}")) {
        parameters.put(
            part.substring(1, part.length() - 2),
            String.join("/", segments.subList(i, segments.size())));
        return parameters;
      }
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
    return pattern.size() == segments.size() ? parameters : null;
  }
}
