package arena.access;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Limits of the calls of one token. */
class CallLimitsTest {
  private static final String ROUTE = "POST /runs";
  private static final Principal CALLER = caller("abcdefgh");

  private final Map<String, Long> counts = new HashMap<>();
  private Instant now = Instant.parse("2026-01-31T12:00:20Z");

  private final CallLimits limits =
      new CallLimits(
          (caller, route, at) ->
              counts.merge(caller + route + CallLimits.windowOf(at), 1L, Long::sum),
          () -> now);

  private static Principal caller(String id) {
    return new Principal(id, Role.OPERATOR, Optional.empty(), Instant.MAX);
  }

  @Test
  void rejectsCallsAboveTheLimitUntilTheNextMinute() {
    limits.count(CALLER, ROUTE, 2);
    limits.count(CALLER, ROUTE, 2);
    TooManyCalls rejected = assertThrows(TooManyCalls.class, () -> limits.count(CALLER, ROUTE, 2));
    assertEquals(2, rejected.limit());
    assertEquals(Duration.ofSeconds(40), rejected.retryAfter());
    now = now.plus(rejected.retryAfter());
    assertDoesNotThrow(() -> limits.count(CALLER, ROUTE, 2));
  }

  @Test
  void countsCallersAndRoutesApart() {
    limits.count(CALLER, ROUTE, 1);
    assertDoesNotThrow(() -> limits.count(CALLER, "POST /forks", 1));
    assertDoesNotThrow(() -> limits.count(caller("ijklmnop"), ROUTE, 1));
    assertThrows(TooManyCalls.class, () -> limits.count(CALLER, ROUTE, 1));
  }

  @Test
  void doesNotCountCallsWithoutAuthorization() {
    limits.count(Principal.LOCAL, ROUTE, 1);
    limits.count(Principal.LOCAL, ROUTE, 1);
    assertEquals(Map.of(), counts);
  }
}
