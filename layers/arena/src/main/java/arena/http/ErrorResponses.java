package arena.http;

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
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkClientException;

/**
 * What every exception becomes as an answer: the one place that knows. What is foreseen says what
 * is wrong; what is not says nothing but the request's id, under which the log has the rest.
 */
final class ErrorResponses {
  private static final Logger LOG = LoggerFactory.getLogger(ErrorResponses.class);

  /** Soon enough for a person who waits, and late enough for a store to recover. */
  private static final int RETRY_SECONDS = 2;

  private ErrorResponses() {}

  /**
   * The answer for this exception; logs what an operator has to see.
   *
   * @param failures is told, before the log is, if it is the service that failed
   */
  static Response of(
      RuntimeException thrown, String requestId, Consumer<RuntimeException> failures) {
    Optional<ApiException> foreseen = foreseen(thrown);
    if (foreseen.isEmpty()) {
      failures.accept(thrown);
      LOG.error("request failed", thrown);
      return answer(
          500,
          "internal_error",
          "the service failed; its log has the request's id",
          out -> {
            out.writeStringField("request_id", requestId);
          });
    }
    ApiException error = foreseen.get();
    if (error.status() >= 500) {
      failures.accept(thrown);
      LOG.warn("request not served: {}", error.getMessage(), thrown);
    }
    Response answer =
        answer(
            error.status(),
            error.code(),
            error.getMessage(),
            out -> {
              if (error.field().isPresent()) {
                out.writeStringField("field", error.field().get());
              }
              if (error.limit().isPresent()) {
                out.writeStringField("limit", error.limit().get());
              }
            });
    return error.retryAfterSeconds().isPresent()
        ? answer.with("retry-after", Integer.toString(error.retryAfterSeconds().getAsInt()))
        : answer;
  }

  private static Response answer(int status, String code, String message, Response.Body details) {
    return Response.of(
        status,
        out -> {
          out.writeStartObject();
          out.writeObjectFieldStart("error");
          out.writeStringField("code", code);
          out.writeStringField("message", message);
          details.write(out);
          out.writeEndObject();
          out.writeEndObject();
        });
  }

  private static Optional<ApiException> foreseen(RuntimeException thrown) {
    return switch (thrown) {
      case ApiException error -> Optional.of(error);
      case UnknownRun error ->
          Optional.of(ApiException.notFound("unknown_run", "there is no run " + error.runId()));
      case NoSuchTurn error ->
          Optional.of(
              ApiException.notPossible(
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
                  "as a Link header gave it",
                  "cursor is not one that a Link header gave"));
      case KeyReused _ ->
          Optional.of(
              ApiException.conflict(
                  "idempotency_key_reused",
                  "the Idempotency-Key was used for a request with another body within a day",
                  "Idempotency-Key"));
      case ReplayNotStarted _ -> Optional.of(unavailable("what plays the runs"));
      case IdempotencyUnavailable _ -> Optional.of(unavailable("the table of requests"));
      case BrokerUnavailable _ -> Optional.of(unavailable("the broker"));
      case ArchiveUnavailable _ -> Optional.of(unavailable("the archive"));
      case CatalogUnavailable _ -> Optional.of(unavailable("the catalog"));
      case JournalUnavailable _ -> Optional.of(unavailable("the journal"));
      case AwsServiceException error when error.isThrottlingException() ->
          Optional.of(
              ApiException.tryLater(
                  429, "throttled", "too many requests at once; try again", RETRY_SECONDS));
      case AwsServiceException error when error.statusCode() >= 500 ->
          Optional.of(unavailable("a store"));
      case SdkClientException _ -> Optional.of(unavailable("a store"));
      default -> Optional.empty();
    };
  }

  private static ApiException unavailable(String what) {
    return ApiException.tryLater(
        503, "unavailable", what + " does not answer for now; try again", RETRY_SECONDS);
  }
}
