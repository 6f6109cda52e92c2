package arena.local.lambda;

import arena.local.log.LogFilter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * A function that the template declares.
 *
 * @param name its name, unique in the stack
 * @param handler the handler's class, such as {@code arena.functions.CreateForkHandler}
 * @param code the function's jar, or a folder of classes
 * @param environment its environment variables
 * @param timeout the timeout of an invocation
 * @param memoryMegabytes the memory limit; it determines the heap of a separate process, and is not
 *     enforced otherwise
 * @param storageMegabytes the size of {@code /tmp}; it is not enforced
 * @param background the retries of asynchronous invocations
 * @param logFilter which lines are in the function's log
 * @param packaging what only a packaged function uses; the stack's own sandboxes do not
 */
public record FunctionDefinition(
    String name,
    String handler,
    Path code,
    Map<String, String> environment,
    Duration timeout,
    int memoryMegabytes,
    int storageMegabytes,
    Background background,
    LogFilter logFilter,
    Packaging packaging) {
  /**
   * The retries of asynchronous invocations.
   *
   * @param maximumRetries most retries of a failed event, 0 to 2
   * @param maximumAge how long an event is kept, 1 minute to 6 hours
   */
  public record Background(int maximumRetries, Duration maximumAge) {
    /** Lambda's defaults. */
    public static final Background DEFAULT = new Background(2, Duration.ofHours(6));

    /** Checks Lambda's limits. */
    public Background {
      if (maximumRetries < 0 || maximumRetries > 2) {
        throw new IllegalArgumentException(
            "MaximumRetryAttempts must be 0 to 2, not " + maximumRetries);
      }
      if (maximumAge.compareTo(Duration.ofMinutes(1)) < 0
          || maximumAge.compareTo(Duration.ofHours(6)) > 0) {
        throw new IllegalArgumentException(
            "the maximum event age must be 1 minute to 6 hours, not " + maximumAge);
      }
    }
  }

  /**
   * What a function has in Lambda besides its code and settings.
   *
   * @param layers the folders of its layers' content, in the order in which they are merged
   * @param snapStart whether its versions start from a snapshot
   */
  public record Packaging(List<Path> layers, boolean snapStart) {
    /** No layers, and no snapshot. */
    public static final Packaging NONE = new Packaging(List.of(), false);

    /** Copies the list. */
    public Packaging {
      layers = List.copyOf(layers);
    }
  }

  /** Lambda's longest timeout. */
  public static final Duration MAX_TIMEOUT = Duration.ofMinutes(15);

  /** Checks the timeout and copies the environment. */
  public FunctionDefinition {
    environment = Map.copyOf(environment);
    if (!timeout.isPositive() || timeout.compareTo(MAX_TIMEOUT) > 0) {
      throw new IllegalArgumentException(
          "function " + name + ": the timeout must be above 0 and at most 15 min, not " + timeout);
    }
  }

  /** Creates a function with Lambda's default log filter and without layers. */
  public FunctionDefinition(
      String name,
      String handler,
      Path code,
      Map<String, String> environment,
      Duration timeout,
      int memoryMegabytes,
      int storageMegabytes,
      Background background) {
    this(
        name,
        handler,
        code,
        environment,
        timeout,
        memoryMegabytes,
        storageMegabytes,
        background,
        LogFilter.DEFAULT,
        Packaging.NONE);
  }

  /** Returns the function's ARN. */
  public String arn() {
    return ARN_PREFIX + name;
  }

  /** The prefix of the ARNs of all functions of the stack. */
  public static final String ARN_PREFIX = "arn:aws:lambda:us-east-1:000000000000:function:";
}
