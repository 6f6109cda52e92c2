package arena.access;

import java.time.Duration;
import java.util.Locale;

/** A caller exceeded the number of calls that its token may make to a route. */
public final class TooManyCalls extends RuntimeException {
  private final int limit;
  private final Duration wait;

  TooManyCalls(int limit, Duration wait) {
    super(String.format(Locale.ROOT, "the limit is %d calls a minute for each token", limit));
    this.limit = limit;
    this.wait = wait;
  }

  /** Calls that are allowed in a minute. */
  public int limit() {
    return limit;
  }

  /** Time until calls are accepted again, at most a minute. */
  public Duration retryAfter() {
    return wait;
  }
}
