package arena.lifecycle;

import arena.codec.MalformedJson;
import arena.codec.ProfileCodec;
import arena.json.Json;
import arena.run.RunId;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;
import java.util.Optional;

/** Serializes and parses turn tasks. */
public final class TurnTaskCodec {
  private TurnTaskCodec() {}

  public static String write(TurnTask task) {
    ObjectNode json = Json.object();
    json.put("run_id", task.runId().value());
    json.put("t", task.t());
    json.put("seq", task.seq());
    json.put("position", task.position());
    json.put("turns_left", task.turnsLeft());
    json.putRawValue("profile", new RawValue(ProfileCodec.write(task.profile())));
    json.put("done", task.done());
    if (task.waits() > 0) {
      json.put("waits", task.waits());
    }
    task.modelWait()
        .ifPresent(
            wait ->
                json.putObject("wait")
                    .put("seconds", wait.seconds())
                    .put("error", wait.error())
                    .put("message", wait.message()));
    if (task.behind()) {
      json.put("behind", true);
    }
    return Json.write(json);
  }

  /**
   * Parses a task.
   *
   * @throws MalformedJson if the text is not a valid task
   */
  public static TurnTask read(String json) {
    try {
      JsonNode root = Json.read(json);
      return new TurnTask(
          runId(field(root, "run_id")),
          field(root, "t").intValue(),
          field(root, "seq").longValue(),
          field(root, "position").longValue(),
          field(root, "turns_left").intValue(),
          ProfileCodec.read(Json.write(field(root, "profile"))),
          field(root, "done").booleanValue(),
          root.path("waits").asInt(0),
          wait(root.path("wait")),
          root.path("behind").booleanValue());
    } catch (JsonProcessingException e) {
      throw new MalformedJson("not a turn task", e);
    }
  }

  private static Optional<TurnTask.ModelWait> wait(JsonNode value) {
    return value.isMissingNode()
        ? Optional.empty()
        : Optional.of(
            new TurnTask.ModelWait(
                field(value, "seconds").intValue(),
                field(value, "error").asText(),
                field(value, "message").asText()));
  }

  private static RunId runId(JsonNode value) {
    return RunId.parse(value.textValue())
        .orElseThrow(() -> new MalformedJson("the run_id of a turn's task is 32 hex digits"));
  }

  private static JsonNode field(JsonNode root, String name) {
    JsonNode value = root.get(name);
    if (value == null) {
      throw new MalformedJson("missing field " + name);
    }
    return value;
  }
}
