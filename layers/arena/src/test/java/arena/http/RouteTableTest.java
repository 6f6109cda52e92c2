package arena.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.access.CallLimits;
import arena.access.Principal;
import arena.access.Role;
import arena.json.Json;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPResponse;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The limits that routes have. */
class RouteTableTest {
  private static final Principal CALLER = caller("abcdefgh");

  private final Map<String, Long> counts = new HashMap<>();
  private final AtomicInteger handled = new AtomicInteger();
  private Instant now = Instant.parse("2026-01-31T12:00:20Z");

  private static Principal caller(String id) {
    return new Principal(
        id, Role.OPERATOR, Optional.empty(), Instant.parse("2027-01-31T00:00:00Z"));
  }

  private static Stream<String> limited() {
    return RouteTable.KEYS.stream()
        .filter(key -> RouteTable.callsPerMinute(key).isPresent())
        .sorted();
  }

  private APIGatewayV2HTTPResponse call(String key, Principal caller) {
    Router router =
        new Router(
            Map.of(
                key,
                _ -> {
                  handled.incrementAndGet();
                  return Response.ofText(200, "{}");
                }),
            failure -> {
              throw failure;
            },
            () ->
                new CallLimits(
                    (id, route, _) -> counts.merge(id + route + now, 1L, Long::sum), () -> now),
            () -> now);
    return router.handle(
        APIGatewayV2HTTPEvent.builder()
            .withRouteKey(key)
            .withRequestContext(Callers.context(caller))
            .build(),
        "request");
  }

  @ParameterizedTest
  @MethodSource("limited")
  void rejectsCallsAboveTheLimitBeforeTheyAreHandled(String key) throws Exception {
    int limit = RouteTable.callsPerMinute(key).orElseThrow();
    for (int i = 0; i < limit; i++) {
      assertEquals(200, call(key, CALLER).getStatusCode());
    }
    APIGatewayV2HTTPResponse rejected = call(key, CALLER);
    assertEquals(429, rejected.getStatusCode());
    JsonNode error = Json.read(rejected.getBody()).path("error");
    assertEquals("too_many_calls", error.path("code").asText());
    assertEquals(
        String.format(Locale.ROOT, "%d calls a minute for each token", limit),
        error.path("limit").asText());
    assertEquals("41", rejected.getHeaders().get("retry-after"));
    assertEquals(limit, handled.get());
    assertEquals(200, call(key, caller("ijklmnop")).getStatusCode(), "another token");
    now = now.plusSeconds(41);
    assertEquals(200, call(key, CALLER).getStatusCode(), "the next minute");
  }

  /** Calls that start, stop or change something can cost money or work of others. */
  @Test
  void limitsAllCallsThatChangeSomething() {
    for (String key : RouteTable.KEYS) {
      assertTrue(!key.startsWith("POST ") || RouteTable.callsPerMinute(key).isPresent(), key);
    }
  }
}
