package arena.error;

import static arena.error.ErrorKind.Retry.NEVER;
import static arena.error.ErrorKind.Retry.RETRYABLE;
import static arena.error.ErrorKind.Scope.REQUEST;
import static arena.error.ErrorKind.Scope.RUN;
import static arena.error.ErrorKind.Scope.TASK;

import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The errors of the product, one row each: code, what fails with it, whether a retry can succeed,
 * and the HTTP answer if a request fails with it.
 *
 * <p>The code is the simple name of the exception, or for an unavailable dependency the name that
 * {@link Dependency} gives it. It is the {@code error.code} of a failed run. Metrics and logs have
 * the {@link #label}. The retriers in {@code functions/replay.asl.yaml} are tested against this
 * table, and the diagnosis maps its rows to causes.
 */
public enum ErrorKind {
  MODEL_REFUSED("ModelRefused", TASK, NEVER),
  MODEL_THROTTLED("ModelThrottled", TASK, RETRYABLE),
  MODEL_OVERLOADED("ModelOverloaded", TASK, RETRYABLE),
  MODEL_TIMED_OUT("ModelTimedOut", TASK, RETRYABLE),
  MODEL_UNREACHABLE("ModelUnreachable", TASK, RETRYABLE),
  MODEL_MALFORMED("ModelMalformed", TASK, RETRYABLE),
  BROKER_UNAVAILABLE("BrokerUnavailable", TASK, RETRYABLE, 503, "unavailable"),
  CATALOG_UNAVAILABLE("CatalogUnavailable", TASK, RETRYABLE, 503, "unavailable"),
  JOURNAL_UNAVAILABLE("JournalUnavailable", TASK, RETRYABLE, 503, "unavailable"),
  ARCHIVE_UNAVAILABLE("ArchiveUnavailable", TASK, RETRYABLE, 503, "unavailable"),
  CONNECTIONS_UNAVAILABLE("ConnectionsUnavailable", TASK, RETRYABLE, 503, "unavailable"),
  NOTIFIER_UNAVAILABLE("NotifierUnavailable", TASK, RETRYABLE, 503, "unavailable"),
  IDEMPOTENCY_UNAVAILABLE("IdempotencyUnavailable", TASK, RETRYABLE, 503, "unavailable"),
  ACCESS_UNAVAILABLE("AccessUnavailable", TASK, RETRYABLE, 503, "unavailable"),
  COMPARISONS_UNAVAILABLE("ComparisonsUnavailable", TASK, RETRYABLE, 503, "unavailable"),
  LOG_UNAVAILABLE("LogUnavailable", TASK, RETRYABLE, 503, "unavailable"),
  /** The broker's stream of the run is not open, or not up to the published event. */
  NOT_OPEN("NotOpen", TASK, RETRYABLE),
  GAP("Gap", TASK, RETRYABLE),
  RUN_NOT_RUNNING("RunNotRunning", TASK, NEVER),
  UNKNOWN_RUN("UnknownRun", TASK, NEVER, 404, "unknown_run"),
  /** The replay of a new run could not be started. */
  NOT_STARTED("NotStarted", RUN, NEVER),
  /** The reaper ended the run because it made no progress. */
  ABANDONED("Abandoned", RUN, NEVER),
  /** An operator ended the run. */
  STOPPED("Stopped", RUN, NEVER),
  /** A function or a task exceeded its timeout; reported by Step Functions. */
  TIMED_OUT("Timeout", TASK, RETRYABLE),
  /** Step Functions did not start an execution. */
  REPLAY_NOT_STARTED("ReplayNotStarted", REQUEST, RETRYABLE, 503, "unavailable"),
  NO_SUCH_TURN("NoSuchTurn", REQUEST, NEVER, 422, "no_such_turn"),
  TURNS_NOT_RECORDED("TurnsNotRecorded", REQUEST, NEVER, 422, "invalid_field"),
  INVALID_CURSOR("InvalidCursor", REQUEST, NEVER, 422, "invalid_field"),
  KEY_REUSED("KeyReused", REQUEST, NEVER, 409, "idempotency_key_reused"),
  /** The holder of a token made too many calls. */
  TOO_MANY_CALLS("TooManyCalls", REQUEST, RETRYABLE, 429, "too_many_calls"),
  /** As many comparisons are open as may be. */
  TOO_MANY_COMPARISONS("TooManyComparisons", REQUEST, RETRYABLE, 429, "too_many_comparisons"),
  /** A comparison was cancelled, but not all its runs could be stopped in time. */
  RUNS_NOT_STOPPED("RunsNotStopped", REQUEST, RETRYABLE, 503, "unavailable"),
  /** An AWS service throttled a call. */
  THROTTLED("Throttled", REQUEST, RETRYABLE, 429, "throttled"),
  /** An AWS service failed or did not answer. */
  STORE_UNAVAILABLE("StoreUnavailable", REQUEST, RETRYABLE, 503, "unavailable"),
  /** Any other exception; the log line has it. */
  OTHER("Other", TASK, RETRYABLE);

  /** Separates the code and the reason in a message of {@link DependencyUnavailable}. */
  static final String SEPARATOR = ": ";

  /** The code of {@link #TIMED_OUT} as Lambda reports it. */
  private static final String LAMBDA_TIMEOUT = "Timedout";

  private static final Map<String, ErrorKind> BY_CODE =
      Arrays.stream(values()).collect(Collectors.toMap(ErrorKind::code, Function.identity()));

  private final String code;
  private final Scope scope;
  private final Retry retry;
  private final Optional<HttpError> http;

  ErrorKind(String code, Scope scope, Retry retry) {
    this.code = code;
    this.scope = scope;
    this.retry = retry;
    this.http = Optional.empty();
  }

  ErrorKind(String code, Scope scope, Retry retry, int httpStatus, String httpCode) {
    this.code = code;
    this.scope = scope;
    this.retry = retry;
    this.http = Optional.of(new HttpError(httpStatus, httpCode));
  }

  /** What fails with an error. */
  public enum Scope {
    /** A function's invocation, including HTTP requests if the error has an HTTP answer. */
    TASK,
    /** Only a run: the product ends it with this code. */
    RUN,
    /** Only an HTTP request. */
    REQUEST
  }

  /** Whether a retry can succeed. */
  enum Retry {
    RETRYABLE,
    NEVER
  }

  /**
   * The answer to a request that fails with an error.
   *
   * @param code the {@code error.code} of the body
   */
  public record HttpError(int status, String code) {}

  /** The error's code, such as {@code ModelThrottled}. */
  public String code() {
    return code;
  }

  /** What fails with this error. */
  public Scope scope() {
    return scope;
  }

  /** Whether a retry can succeed. */
  public boolean retryable() {
    return retry == RETRYABLE;
  }

  /** The HTTP answer, if a request can fail with this error. */
  public Optional<HttpError> http() {
    return http;
  }

  /** The value of the metrics' dimension {@code cause}; errors of requests only share one. */
  public ErrorKind cause() {
    return scope == REQUEST ? OTHER : this;
  }

  /** The name of the {@link #cause} in logs and metrics, such as {@code model_throttled}. */
  public String label() {
    return cause().name().toLowerCase(Locale.ROOT);
  }

  /** Returns the error that an exception stands for. */
  public static ErrorKind of(Throwable thrown) {
    return thrown instanceof DependencyUnavailable unavailable
        ? unavailable.dependency().errorKind()
        : of(thrown.getClass().getSimpleName());
  }

  /**
   * Returns the error with a code.
   *
   * @param code such as {@code ModelThrottled}, also with a package or a service before it
   */
  public static ErrorKind of(String code) {
    String name = simpleName(code);
    return name.equals(LAMBDA_TIMEOUT) ? TIMED_OUT : BY_CODE.getOrDefault(name, OTHER);
  }

  /**
   * Returns the code of an error that Lambda or Step Functions reports. The state machine's Catch
   * does the same.
   *
   * @param name such as {@code arena.agent.ModelThrottled}
   * @param message the exception's message
   */
  public static String codeOf(String name, String message) {
    int end = message.indexOf(SEPARATOR);
    return name.equals(DependencyUnavailable.class.getName()) && end >= 0
        ? message.substring(0, end)
        : simpleName(name);
  }

  /** Returns the message of an error without the code that {@link #codeOf} finds in it. */
  public static String reasonOf(String name, String message) {
    int end = message.indexOf(SEPARATOR);
    return name.equals(DependencyUnavailable.class.getName()) && end >= 0
        ? message.substring(end + SEPARATOR.length())
        : message;
  }

  private static String simpleName(String name) {
    return name.substring(name.lastIndexOf('.') + 1);
  }
}
