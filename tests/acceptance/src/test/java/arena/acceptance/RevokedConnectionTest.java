package arena.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.access.ActiveTokens;
import java.time.Duration;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/** One of the last tests, because a revocation takes effect when caches expire. */
@Order(Integer.MAX_VALUE - 2)
class RevokedConnectionTest {
  /** What a busy machine may add. */
  private static final Duration TOLERANCE = Duration.ofSeconds(10);

  @Test
  void endsConnectionOfRevokedTokenWithinAMinute() {
    RevokedConnection.Ended ended = RevokedConnection.shared().ended();
    assertEquals("unauthorized", ended.code());
    assertTrue(ended.after().compareTo(ActiveTokens.MAX_AGE.plus(TOLERANCE)) < 0, ended::toString);
    assertTrue(ended.closed());
  }
}
