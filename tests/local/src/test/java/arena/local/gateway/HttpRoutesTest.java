package arena.local.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class HttpRoutesTest {
  private static HttpRoutes routes(String... keys) {
    return new HttpRoutes(
        Stream.of(keys)
            .map(key -> new HttpApiDefinition.Route(key, "function", Duration.ofSeconds(1)))
            .toList());
  }

  private static final HttpRoutes ROUTES =
      routes(
          "GET /runs/{run_id}",
          "GET /runs",
          "GET /runs/summaries",
          "DELETE /runs/{run_id}",
          "$default");

  private static String key(HttpRoutes routes, String method, String path) {
    return routes.find(method, path).map(match -> match.route().key()).orElse("none");
  }

  @Test
  void choosesTheMostSpecificRoute() {
    assertEquals("GET /runs/summaries", key(ROUTES, "GET", "/runs/summaries"));
    assertEquals("GET /runs/{run_id}", key(ROUTES, "GET", "/runs/abc"));
    assertEquals("DELETE /runs/{run_id}", key(ROUTES, "DELETE", "/runs/abc"));
    assertEquals("GET /runs", key(ROUTES, "GET", "/runs"));
  }

  @Test
  void returnsTheValuesOfPathVariables() {
    assertEquals(
        Map.of("run_id", "abc"), ROUTES.find("GET", "/runs/abc").orElseThrow().pathParameters());
  }

  @Test
  void choosesTheDefaultRouteWithoutAMatch() {
    for (String path : List.of("/", "/runs/", "/runs/abc/events", "/Runs", "/files")) {
      assertEquals("$default", key(ROUTES, "GET", path), path);
      assertEquals("none", key(routes("GET /runs"), "GET", path), path);
    }
    assertEquals("$default", key(ROUTES, "POST", "/runs"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"ANY /runs", "* /runs", "GET /files/{path+}", "/runs", "GET runs"})
  void rejectsUnsupportedRouteKeys(String key) {
    assertThrows(IllegalArgumentException.class, () -> routes(key));
  }
}
