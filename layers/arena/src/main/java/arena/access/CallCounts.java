package arena.access;

import java.time.Duration;
import java.time.Instant;

/** Counts the calls of each caller. */
@FunctionalInterface
public interface CallCounts {
  /** Calls are counted in windows of this length, which begin with a whole minute. */
  Duration WINDOW = Duration.ofMinutes(1);

  /**
   * Counts a call.
   *
   * @param caller the id of the caller's token
   * @param route the route's key
   * @return the calls of this caller to this route in the window of {@code at}, including this one
   */
  long add(String caller, String route, Instant at);
}
