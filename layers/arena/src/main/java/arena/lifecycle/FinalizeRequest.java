package arena.lifecycle;

import arena.codec.MalformedJson;
import arena.run.Failure;
import arena.run.Run;
import arena.run.RunId;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.Optional;

/**
 * What the state machine and the reaper ask of finalize-run: {@code {"run_id","status","error"}},
 * where {@code error} is there when the status is {@code failed}.
 */
public record FinalizeRequest(String runId, Optional<Failure> failure) {
  private static final JsonMapper MAPPER = new JsonMapper();

  /**
   * Reads a request.
   *
   * @throws MalformedJson if it is none
   */
  public static FinalizeRequest read(String json) {
    JsonNode root;
    try {
      root = MAPPER.readTree(json);
    } catch (JsonProcessingException e) {
      throw new MalformedJson("not a request to finalize a run", e);
    }
    String runId = root.path("run_id").asText();
    if (!RunId.isValid(runId)) {
      throw new MalformedJson("a request to finalize a run has its run_id");
    }
    return switch (root.path("status").asText()) {
      case "complete" -> new FinalizeRequest(runId, Optional.empty());
      case "failed" -> {
        JsonNode error = root.path("error");
        yield new FinalizeRequest(
            runId,
            Optional.of(
                new Failure(
                    error.path("code").asText("Unknown"),
                    error.path("message").asText("it failed without saying why"))));
      }
      default -> throw new MalformedJson("the status of a run that ends is complete or failed");
    };
  }

  /** What is answered: {@code {"run_id","status","db_path"}}. */
  public static String answer(Run run) {
    return MAPPER
        .createObjectNode()
        .put("run_id", run.runId())
        .put("status", run.status().label())
        .put("db_path", run.dbPath())
        .toString();
  }
}
