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
 */
public record FunctionDefinition(
    String name,
    String handler,
    Path code,
    Map<String, String> environment,
    Duration timeout,
    int memoryMegabytes) {
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
