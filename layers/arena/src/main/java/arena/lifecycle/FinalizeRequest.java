package arena.lifecycle;

import arena.codec.MalformedJson;
import arena.json.Json;
import arena.run.Failure;
import arena.run.Run;
import arena.run.RunId;
import arena.text.PlainText;
import arena.text.Redactor;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;

/** The input of finalize-run. */
public sealed interface FinalizeRequest {
  RunId runId();

  /**
   * Archives a run: {@code {"run_id","status","error"}}, where {@code error} is present if the
   * status is {@code failed}.
   */
  record Archive(RunId runId, Optional<Failure> failure) implements FinalizeRequest {}

  /** Closes an archived run: {@code {"run_id","close":true}}. */
  record Close(RunId runId) implements FinalizeRequest {}

  /**
   * Parses a request.
   *
   * @throws MalformedJson if the text is not a valid request
   */
  static FinalizeRequest read(String json) {
    JsonNode root;
    try {
      root = Json.read(json);
    } catch (JsonProcessingException e) {
      throw new MalformedJson("not a finalize request", e);
    }
    RunId runId =
        RunId.parse(root.path("run_id").asText())
            .orElseThrow(() -> new MalformedJson("a finalize request requires a valid run_id"));
    if (root.path("close").booleanValue()) {
      return new Close(runId);
    }
    return switch (root.path("status").asText()) {
      case "complete" -> new Archive(runId, Optional.empty());
      case "failed" -> {
        JsonNode error = root.path("error");
        yield new Archive(
            runId,
            Optional.of(
                new Failure(
                    PlainText.line(error.path("code").asText("Unknown")),
                    PlainText.line(
                        Redactor.OF_FORMATS.redact(
                            error.path("message").asText("no reason recorded"))))));
      }
      default ->
          throw new MalformedJson("the status of a finalize request must be complete or failed");
    };
  }

  /** Serializes the response: {@code {"run_id","status","db_path"}}. */
  static String archived(Run run) {
    return Json.write(
        Json.object()
            .put("run_id", run.runId().value())
            .put("status", run.status().label())
            .put("db_path", run.dbPath()));
  }

  /** Serializes the response: {@code {"run_id","closed":true}}. */
  static String closed(RunId runId) {
    return Json.write(Json.object().put("run_id", runId.value()).put("closed", true));
  }
}
