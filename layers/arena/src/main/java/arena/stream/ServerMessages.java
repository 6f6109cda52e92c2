package arena.stream;

import arena.broker.Broker;
import arena.broker.Subscribers;
import arena.json.Json;
import arena.run.RunId;
import arena.run.RunStatus;
import com.fasterxml.jackson.databind.node.ObjectNode;
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

  static String overflow(RunId runId, long requestedSeq, long availableFrom) {
    return Json.write(
        Json.object()
            .put("type", "overflow")
            .put("run_id", runId.value())
            .put("requested_seq", requestedSeq)
            .put("available_from", availableFrom));
  }

  static String closed(RunId runId, RunStatus status, long lastSeq) {
    return Json.write(
        Json.object()
            .put("type", "closed")
            .put("run_id", runId.value())
            .put("status", status.label())
            .put("last_seq", lastSeq));
  }

  /** Includes the run id of the client's message, because responses are not ordered. */
  static String error(Optional<RunId> runId, MessageErrorCode code, String message) {
    ObjectNode json = Json.object().put("type", "error");
    runId.ifPresent(id -> json.put("run_id", id.value()));
    return Json.write(json.put("code", code.label()).put("message", message));
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

  static String pong() {
    return Json.write(Json.object().put("type", "pong"));
  }
}
