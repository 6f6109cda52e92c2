package arena.local.gateway;

import arena.local.clock.StackClock;
import java.time.Duration;
import java.time.Instant;

/** A token bucket: limits the rate of requests and allows bursts. */
final class TokenBucket {
  private final HttpApiDefinition.Throttle throttle;
  private final StackClock clock;
  private double tokens;
  private Instant filled;

  TokenBucket(HttpApiDefinition.Throttle throttle, StackClock clock) {
    this.throttle = throttle;
    this.clock = clock;
    tokens = throttle.burst();
    filled = clock.now();
  }

  synchronized boolean take() {
    Instant now = clock.now();
    double seconds = Math.max(0, Duration.between(filled, now).toNanos() / 1e9);
    tokens = Math.min(throttle.burst(), tokens + seconds * throttle.perSecond());
    filled = now;
    if (tokens < 1) {
      return false;
    }
    tokens -= 1;
    return true;
  }
}
