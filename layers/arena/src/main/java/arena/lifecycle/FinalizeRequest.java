package arena.lifecycle;

import arena.codec.MalformedJson;
import arena.json.Json;
import arena.run.Failure;
import arena.run.Run;
import arena.run.RunId;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;

/**
 * The input of finalize-run: {@code {"run_id","status","error"}}, where {@code error} is present if
 * the status is {@code failed}.
 */
public record FinalizeRequest(RunId runId, Optional<Failure> failure) {
  /**
   * Parses a request.
   *
   * @throws MalformedJson if the text is not a valid request
   */
  public static FinalizeRequest read(String json) {
    JsonNode root;
    try {
      root = Json.read(json);
    } catch (JsonProcessingException e) {
      throw new MalformedJson("not a finalize request", e);
    }
    RunId runId =
        RunId.parse(root.path("run_id").asText())
            .orElseThrow(() -> new MalformedJson("a finalize request requires a valid run_id"));
    return switch (root.path("status").asText()) {
      case "complete" -> new FinalizeRequest(runId, Optional.empty());
      case "failed" -> {
        JsonNode error = root.path("error");
        yield new FinalizeRequest(
            runId,
            Optional.of(
                new Failure(
                    error.path("code").asText("Unknown"),
                    error.path("message").asText("no reason recorded"))));
      }
      default ->
          throw new MalformedJson("the status of a finalize request must be complete or failed");
    };
  }

  /** Serializes the response: {@code {"run_id","status","db_path"}}. */
  public static String response(Run run) {
    return Json.object()
        .put("run_id", run.runId().value())
        .put("status", run.status().label())
        .put("db_path", run.dbPath())
        .toString();
  }
}
