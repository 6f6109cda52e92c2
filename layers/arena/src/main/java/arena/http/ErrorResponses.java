package arena.http;

import static arena.error.ErrorKind.INVALID_CURSOR;
import static arena.error.ErrorKind.KEY_REUSED;
import static arena.error.ErrorKind.NO_SUCH_TURN;
import static arena.error.ErrorKind.REPLAY_NOT_STARTED;
import static arena.error.ErrorKind.RUNS_NOT_STOPPED;
import static arena.error.ErrorKind.STORE_UNAVAILABLE;
import static arena.error.ErrorKind.THROTTLED;
import static arena.error.ErrorKind.TOO_MANY_CALLS;
import static arena.error.ErrorKind.TOO_MANY_COMPARISONS;
import static arena.error.ErrorKind.TURNS_NOT_RECORDED;
import static arena.error.ErrorKind.UNKNOWN_RUN;

import arena.access.TooManyCalls;
import arena.catalog.InvalidCursor;
import arena.comparison.InvalidComparison;
import arena.comparison.RunsNotStopped;
import arena.comparison.TooManyComparisons;
import arena.comparison.UnknownComparison;
import arena.error.DependencyUnavailable;
import arena.error.ErrorKind;
import arena.idempotency.KeyReused;
import arena.json.Json;
import arena.lifecycle.ReplayNotStarted;
import arena.run.NoSuchTurn;
import arena.run.TurnsNotRecorded;
import arena.run.UnknownRun;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkClientException;

/**
 * Maps exceptions to error responses. An unexpected exception is logged, and its response contains
 * only the request id.
 */
final class ErrorResponses {
  private static final Logger LOG = LoggerFactory.getLogger(ErrorResponses.class);

  private static final int RETRY_SECONDS = 2;

  /** A comparison takes minutes. */
  private static final int QUEUE_RETRY_SECONDS = 60;

  private ErrorResponses() {}

  /**
   * Returns the response for an exception, and logs 5xx errors.
   *
   * @param failures called before logging for 5xx errors
   */
  static Response of(
      RuntimeException thrown, String requestId, Consumer<RuntimeException> failures) {
    Optional<ApiException> expected = expected(thrown);
    if (expected.isEmpty()) {
      failures.accept(thrown);
      LOG.error("request failed", thrown);
      ObjectNode json = Json.object();
      json.putObject("error")
          .put("code", "internal_error")
          .put("message", "internal error; see the log for this request_id")
          .put("request_id", requestId);
      return Response.of(500, json);
    }
    ApiException error = expected.get();
    if (error.status() >= 500) {
      failures.accept(thrown);
      LOG.warn("request failed with a retryable error", thrown);
    }
    ObjectNode json = Json.object();
    ObjectNode details =
        json.putObject("error").put("code", error.code()).put("message", error.message());
    error.field().ifPresent(field -> details.put("field", field));
    error.limit().ifPresent(limit -> details.put("limit", limit));
    Response response = Response.of(error.status(), json);
    if (error.status() == ApiException.METHOD_NOT_ALLOWED) {
      return response.with("allow", error.limit().orElseThrow());
    }
    if (error.status() == ApiException.UNAUTHORIZED) {
      return response.with("www-authenticate", "Bearer");
    }
    return error.retryAfterSeconds().isPresent()
        ? response.with("retry-after", Integer.toString(error.retryAfterSeconds().getAsInt()))
        : response;
  }

  private static Optional<ApiException> expected(RuntimeException thrown) {
    return switch (thrown) {
      case ApiException error -> Optional.of(error);
      case UnknownRun error ->
          Optional.of(
              answer(
                  UNKNOWN_RUN, "unknown run " + error.runId(), Optional.empty(), Optional.empty()));
      case UnknownComparison error ->
          Optional.of(
              ApiException.notFound("unknown_comparison", "unknown comparison " + error.id()));
      case InvalidComparison error ->
          Optional.of(ApiException.invalidField(error.field(), error.limit(), error.message()));
      case NoSuchTurn error ->
          Optional.of(
              answer(
                  NO_SUCH_TURN,
                  String.format(
                      Locale.ROOT,
                      "the run has no turn_start at turn %d, so it cannot be forked there",
                      error.t()),
                  Optional.of("parent_t"),
                  error.limit()));
      case TurnsNotRecorded error ->
          Optional.of(
              answer(
                  TURNS_NOT_RECORDED,
                  String.format(
                      Locale.ROOT,
                      "n_turns must be at most %d: the parent has played no more turns from parent_t on, and model is recorded",
                      error.available()),
                  Optional.of("n_turns"),
                  Optional.of(String.format(Locale.ROOT, "0 to %d", error.available()))));
      case InvalidCursor _ ->
          Optional.of(
              answer(
                  INVALID_CURSOR,
                  "cursor is invalid; use the one from the Link header",
                  Optional.of("cursor"),
                  Optional.of("a cursor from a Link header")));
      case KeyReused _ ->
          Optional.of(
              answer(
                  KEY_REUSED,
                  "the Idempotency-Key was already used with a different body; use a new key",
                  Optional.of("Idempotency-Key"),
                  Optional.empty()));
      case TooManyCalls error ->
          Optional.of(
              ApiException.of(
                  TOO_MANY_CALLS.http().orElseThrow(),
                  error.getMessage() + "; retry later",
                  Optional.empty(),
                  Optional.of(
                      String.format(
                          Locale.ROOT, "%d calls a minute for each token", error.limit())),
                  OptionalInt.of(Math.toIntExact(error.retryAfter().toSeconds() + 1))));
      case TooManyComparisons error ->
          Optional.of(
              ApiException.of(
                  TOO_MANY_COMPARISONS.http().orElseThrow(),
                  Objects.requireNonNull(error.getMessage()),
                  Optional.empty(),
                  Optional.of(
                      String.format(Locale.ROOT, "at most %d open comparisons", error.limit())),
                  OptionalInt.of(QUEUE_RETRY_SECONDS)));
      case RunsNotStopped error ->
          Optional.of(
              answer(
                  RUNS_NOT_STOPPED,
                  Objects.requireNonNull(error.getMessage()),
                  Optional.empty(),
                  Optional.empty()));
      case ReplayNotStarted _ -> Optional.of(unavailable(REPLAY_NOT_STARTED, "Step Functions"));
      case DependencyUnavailable error ->
          Optional.of(
              unavailable(error.dependency().errorKind(), error.dependency().description()));
      case AwsServiceException error when error.isThrottlingException() ->
          Optional.of(
              answer(
                  THROTTLED, "too many requests; retry later", Optional.empty(), Optional.empty()));
      case AwsServiceException error when error.statusCode() >= 500 ->
          Optional.of(unavailable(STORE_UNAVAILABLE, "a store"));
      case SdkClientException _ -> Optional.of(unavailable(STORE_UNAVAILABLE, "a store"));
      default -> Optional.empty();
    };
  }

  private static ApiException unavailable(ErrorKind error, String what) {
    return answer(
        error,
        what + " is temporarily unavailable; retry later",
        Optional.empty(),
        Optional.empty());
  }

  private static ApiException answer(
      ErrorKind error, String message, Optional<String> field, Optional<String> limit) {
    return ApiException.of(
        error.http().orElseThrow(),
        message,
        field,
        limit,
        error.retryable() ? OptionalInt.of(RETRY_SECONDS) : OptionalInt.empty());
  }
}
