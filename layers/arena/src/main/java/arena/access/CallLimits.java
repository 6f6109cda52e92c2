package arena.access;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/**
 * Limits how often the holder of one token may make calls that start runs or search stores, so that
 * one holder cannot use up the throttles that all share.
 */
public final class CallLimits {
  /** Does not limit. */
  public static final CallLimits NONE = new CallLimits((_, _, _) -> 0, InstantSource.system());

  /**
   * Tickets, and connections, a minute for one token: a thousand viewers with one token reconnect
   * within a minute.
   */
  public static final int CONNECTIONS = 1_500;

  private final CallCounts counts;
  private final InstantSource clock;

  public CallLimits(CallCounts counts, InstantSource clock) {
    this.counts = counts;
    this.clock = clock;
  }

  /**
   * Counts a call. Rejected calls count too; calls on a local stack without authorization do not.
   *
   * @param perMinute calls that one caller may make in a minute
   * @throws TooManyCalls if the caller made more
   */
  public void count(Principal caller, String route, int perMinute) {
    if (caller.equals(Principal.LOCAL)) {
      return;
    }
    Instant now = clock.instant();
    if (counts.add(caller.id(), route, now) > perMinute) {
      Instant next = windowOf(now).plus(CallCounts.WINDOW);
      throw new TooManyCalls(perMinute, Duration.between(now, next));
    }
  }

  /** The start of the window that a time is in. */
  static Instant windowOf(Instant at) {
    long seconds = CallCounts.WINDOW.toSeconds();
    return Instant.ofEpochSecond(Math.floorDiv(at.getEpochSecond(), seconds) * seconds);
  }
}
