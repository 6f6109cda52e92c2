package arena.stream;

import static com.fasterxml.jackson.annotation.JsonInclude.Include.NON_EMPTY;

import arena.broker.Broker;
import arena.broker.Subscribers;
import arena.json.Json;
import arena.run.RunId;
import arena.run.RunStatus;
import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** Serializes the messages to WebSocket clients. */
final class ServerMessages {
  private ServerMessages() {}

  static String events(RunId runId, List<Broker.Envelope> envelopes) {
    // the envelopes' bytes are sent unchanged
    return envelopes.stream()
        .map(Broker.Envelope::json)
        .collect(
            Collectors.joining(
                ",", "{\"type\":\"events\",\"run_id\":\"" + runId + "\",\"events\":[", "]}"));
  }

  private record OverflowMessage(String type, RunId runId, long requestedSeq, long availableFrom) {}

  static String overflow(RunId runId, long requestedSeq, long availableFrom) {
    return Json.write(new OverflowMessage("overflow", runId, requestedSeq, availableFrom));
  }

  private record ClosedMessage(String type, RunId runId, String status, long lastSeq) {}

  static String closed(RunId runId, RunStatus status, long lastSeq) {
    return Json.write(new ClosedMessage("closed", runId, status.label(), lastSeq));
  }

  private record ErrorMessage(
      String type, @JsonInclude(NON_EMPTY) Optional<RunId> runId, String code, String message) {}

  /** Includes the run id of the client's message, because responses are not ordered. */
  static String error(Optional<RunId> runId, MessageErrorCode code, String message) {
    return Json.write(new ErrorMessage("error", runId, code.label(), message));
  }

  static String behind(RunId runId) {
    return error(
        Optional.of(runId),
        MessageErrorCode.BEHIND,
        "the live buffer is unavailable; events follow when it is back");
  }

  static String tooManyReaders(RunId runId) {
    return error(
        Optional.of(runId),
        MessageErrorCode.TOO_MANY_READERS,
        String.format(
            Locale.ROOT,
            "the run has the maximum of %d live readers; use GET /events",
            Subscribers.MAX_READERS));
  }

  static String tooManyRequests(RunId runId) {
    return error(
        Optional.of(runId),
        MessageErrorCode.TOO_MANY_REQUESTS,
        String.format(
            Locale.ROOT,
            "a connection may subscribe %d times a minute to a run, and %d times in total;"
                + " retry after a minute",
            Subscribers.MAX_ADMISSIONS_PER_RUN,
            Subscribers.MAX_ADMISSIONS));
  }

  static String unauthorized() {
    return error(
        Optional.empty(),
        MessageErrorCode.UNAUTHORIZED,
        "the connection's token is no longer valid");
  }

  private record PongMessage(String type) {}

  static String pong() {
    return Json.write(new PongMessage("pong"));
  }
}
