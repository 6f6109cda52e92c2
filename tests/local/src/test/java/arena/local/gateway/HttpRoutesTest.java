package arena.local.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class HttpRoutesTest {
  private static HttpRoutes routes(String... keys) {
    return new HttpRoutes(
        Stream.of(keys)
            .map(key -> new HttpApiDefinition.Route(key, "function", Duration.ofSeconds(1)))
            .toList());
  }

  private static final HttpRoutes ROUTES =
      routes(
          "ANY /files/{path+}",
          "GET /runs/{run_id}",
          "GET /runs",
          "GET /runs/summaries",
          "ANY /runs/{run_id}",
          "$default");

  private static String key(HttpRoutes routes, String method, String path) {
    return routes.find(method, path).map(match -> match.route().key()).orElse("none");
  }

  @Test
  void theMostSpecificRouteWins() {
    assertEquals("GET /runs/summaries", key(ROUTES, "GET", "/runs/summaries"));
    assertEquals("GET /runs/{run_id}", key(ROUTES, "GET", "/runs/abc"));
    assertEquals("ANY /runs/{run_id}", key(ROUTES, "DELETE", "/runs/abc"));
    assertEquals("GET /runs", key(ROUTES, "GET", "/runs"));
    assertEquals("ANY /files/{path+}", key(ROUTES, "PUT", "/files/a/b"));
  }

  @Test
  void variablesAreWhatStandsInTheirPlace() {
    assertEquals(
        Map.of("run_id", "abc"), ROUTES.find("GET", "/runs/abc").orElseThrow().pathParameters());
    assertEquals(
        Map.of("path", "a/b"), ROUTES.find("GET", "/files/a/b").orElseThrow().pathParameters());
  }

  @Test
  void whatHasNoRouteIsTheDefaults() {
    for (String path : List.of("/", "/runs/", "/runs/abc/events", "/Runs", "/files")) {
      assertEquals("$default", key(ROUTES, "GET", path), path);
      assertEquals("none", key(routes("GET /runs"), "GET", path), path);
    }
    assertEquals("$default", key(ROUTES, "POST", "/runs"));
  }
}
