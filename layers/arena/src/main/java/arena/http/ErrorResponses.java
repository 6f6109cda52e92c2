package arena.http;

import static com.fasterxml.jackson.annotation.JsonInclude.Include.NON_EMPTY;

import arena.archive.ArchiveUnavailable;
import arena.broker.BrokerUnavailable;
import arena.catalog.CatalogUnavailable;
import arena.catalog.InvalidCursor;
import arena.idempotency.IdempotencyUnavailable;
import arena.idempotency.KeyReused;
import arena.journal.JournalUnavailable;
import arena.lifecycle.ReplayNotStarted;
import arena.run.NoSuchTurn;
import arena.run.UnknownRun;
import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Locale;
import java.util.Optional;
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
      return Response.of(
          500,
          new Body(
              new Details(
                  "internal_error",
                  "internal error; see the log for this request_id",
                  Optional.of(requestId),
                  Optional.empty(),
                  Optional.empty())));
    }
    ApiException error = expected.get();
    if (error.status() >= 500) {
      failures.accept(thrown);
      LOG.warn("request failed with a retryable error", thrown);
    }
    Response response =
        Response.of(
            error.status(),
            new Body(
                new Details(
                    error.code(),
                    error.message(),
                    Optional.empty(),
                    error.field(),
                    error.limit())));
    return error.retryAfterSeconds().isPresent()
        ? response.with("retry-after", Integer.toString(error.retryAfterSeconds().getAsInt()))
        : response;
  }

  /** The body of an error response. */
  record Body(Details error) {}

  record Details(
      String code,
      String message,
      @JsonInclude(NON_EMPTY) Optional<String> requestId,
      @JsonInclude(NON_EMPTY) Optional<String> field,
      @JsonInclude(NON_EMPTY) Optional<String> limit) {}

  private static Optional<ApiException> expected(RuntimeException thrown) {
    return switch (thrown) {
      case ApiException error -> Optional.of(error);
      case UnknownRun error ->
          Optional.of(ApiException.notFound("unknown_run", "unknown run " + error.runId()));
      case NoSuchTurn error ->
          Optional.of(
              ApiException.unprocessable(
                  "no_such_turn",
                  String.format(
                      Locale.ROOT,
                      "the run has no turn_start at turn %d, so it cannot be forked there",
                      error.t()),
                  "parent_t",
                  Optional.empty()));
      case InvalidCursor _ ->
          Optional.of(
              ApiException.invalidField(
                  "cursor",
                  "a cursor from a Link header",
                  "cursor is invalid; use the one from the Link header"));
      case KeyReused _ ->
          Optional.of(
              ApiException.conflict(
                  "idempotency_key_reused",
                  "the Idempotency-Key was already used with a different body; use a new key",
                  "Idempotency-Key"));
      case ReplayNotStarted _ -> Optional.of(unavailable("Step Functions"));
      case IdempotencyUnavailable _ -> Optional.of(unavailable("the idempotency table"));
      case BrokerUnavailable _ -> Optional.of(unavailable("the broker"));
      case ArchiveUnavailable _ -> Optional.of(unavailable("the archive"));
      case CatalogUnavailable _ -> Optional.of(unavailable("the catalog"));
      case JournalUnavailable _ -> Optional.of(unavailable("the journal"));
      case AwsServiceException error when error.isThrottlingException() ->
          Optional.of(
              ApiException.retryable(
                  429, "throttled", "too many requests; retry later", RETRY_SECONDS));
      case AwsServiceException error when error.statusCode() >= 500 ->
          Optional.of(unavailable("a store"));
      case SdkClientException _ -> Optional.of(unavailable("a store"));
      default -> Optional.empty();
    };
  }

  private static ApiException unavailable(String what) {
    return ApiException.retryable(
        503, "unavailable", what + " is temporarily unavailable; retry later", RETRY_SECONDS);
  }
}
