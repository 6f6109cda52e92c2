package arena.local.lambda;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/**
 * A function, as the template declares it.
 *
 * @param name its name, unique in the stack
 * @param handler the handler's class, as in {@code arena.functions.CreateFork}
 * @param code the function's own jar, or a folder of classes
 * @param environment its environment variables
 * @param timeout how long one invocation may take
 * @param memoryMegabytes what the handler is told it has; the process's memory is shared
 * @param background what becomes of events that fail
 */
public record FunctionDefinition(
    String name,
    String handler,
    Path code,
    Map<String, String> environment,
    Duration timeout,
    int memoryMegabytes,
    Background background) {
  /**
   * What becomes of events whose invocation in the background fails.
   *
   * @param maximumRetries how often an event that failed is tried again, 0 to 2
   * @param maximumAge how long an event is kept at most, up to 6 hours
   */
  public record Background(int maximumRetries, Duration maximumAge) {
    /** What Lambda does unless told otherwise. */
    public static final Background DEFAULT = new Background(2, Duration.ofHours(6));

    /** Checks Lambda's limits. */
    public Background {
      if (maximumRetries < 0 || maximumRetries > 2) {
        throw new IllegalArgumentException(maximumRetries + " retries are not 0 to 2");
      }
      if (maximumAge.compareTo(Duration.ofMinutes(1)) < 0
          || maximumAge.compareTo(Duration.ofHours(6)) > 0) {
        throw new IllegalArgumentException(maximumAge + " is not 1 minute to 6 hours");
      }
    }
  }

  /** Longest time-out that Lambda allows. */
  public static final Duration MAX_TIMEOUT = Duration.ofMinutes(15);

  /** Checks the time-out, and keeps a copy of the environment. */
  public FunctionDefinition {
    environment = Map.copyOf(environment);
    if (!timeout.isPositive() || timeout.compareTo(MAX_TIMEOUT) > 0) {
      throw new IllegalArgumentException(
          "function " + name + ": a time-out of " + timeout + " is not above 0 and within 15 min");
    }
  }

  /** The function's address in AWS's notation. */
  public String arn() {
    return ARN_PREFIX + name;
  }

  /** What the ARN of every function of this stack starts with. */
  public static final String ARN_PREFIX = "arn:aws:lambda:us-east-1:000000000000:function:";
}
