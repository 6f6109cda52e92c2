package arena.agent;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The timeouts of one model call that can be set: the values of the template's parameter. */
public final class ModelTimeouts {
  /** In seconds, ascending. */
  public static final List<Integer> VALUES =
      List.of(5, 10, 15, 30, 45, 60, 75, 90, 120, 180, 240, 300, 450, 600, 840);

  /** Default timeout, in seconds. */
  public static final int DEFAULT_SECONDS = 60;

  /** Attempts at a call that times out, with the state machine's retries. */
  private static final int ATTEMPTS = 4;

  /** Time between such attempts and for the store calls of their turn, altogether. */
  private static final Duration BETWEEN = Duration.ofSeconds(60);

  private ModelTimeouts() {}

  /** Returns a timeout of at least twice this one, or the longest; empty if it is the longest. */
  public static Optional<Duration> longer(Duration timeout) {
    return VALUES.stream()
        .map(Duration::ofSeconds)
        .filter(value -> value.compareTo(timeout.multipliedBy(2)) >= 0)
        .findFirst()
        .or(() -> Optional.of(Duration.ofSeconds(VALUES.getLast())))
        .filter(value -> value.compareTo(timeout) > 0);
  }

  /** Returns how long all attempts at a call take if its model does not answer. */
  public static Duration ofAllAttempts(Duration timeout) {
    return timeout.multipliedBy(ATTEMPTS).plus(BETWEEN);
  }
}
