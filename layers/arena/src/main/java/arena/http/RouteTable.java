package arena.http;

import java.util.List;
import java.util.TreeSet;

/**
 * The routes of all functions. API Gateway sends requests without a route to one function, which
 * distinguishes unknown paths from known ones with another method.
 */
public final class RouteTable {
  /** The route keys. */
  public static final List<String> KEYS =
      List.of(
          "GET /health",
          "GET /metrics",
          "GET /runs",
          "POST /runs",
          "GET /runs/summaries",
          "GET /runs/series",
          "GET /runs/{run_id}",
          "GET /runs/{run_id}/diagnosis",
          "GET /runs/{run_id}/report",
          "POST /runs/{run_id}/stop",
          "GET /replays",
          "GET /events",
          "POST /forks");

  private RouteTable() {}

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
