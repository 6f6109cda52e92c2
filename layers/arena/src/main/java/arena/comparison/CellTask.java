package arena.comparison;

import arena.codec.MalformedJson;
import arena.json.Json;
import arena.lifecycle.TurnTaskCodec;
import arena.run.RunId;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;
import java.util.Optional;

/**
 * A task of the state machine {@code functions/compare.asl.yaml}.
 *
 * @param cell the cell's number; 0 for a step of the whole comparison
 * @param waited seconds that the cell has waited for its run
 * @param passes passes over the cells so far
 */
public record CellTask(ComparisonId id, Step step, int cell, long waited, int passes) {
  /** What to do. */
  public enum Step {
    CLAIM,
    START,
    END,
    RELEASE
  }

  /**
   * Reads a task's JSON: {@code {"step","comparison_id","cell","waited","passes"}}.
   *
   * @throws MalformedJson if it is not a task
   */
  public static CellTask read(String json) {
    JsonNode root;
    try {
      root = Json.read(json);
    } catch (JsonProcessingException e) {
      throw new MalformedJson("not a task of a comparison", e);
    }
    ComparisonId id =
        ComparisonId.parse(root.path("comparison_id").asText())
            .orElseThrow(() -> new MalformedJson("a task requires a valid comparison_id"));
    Step step =
        switch (root.path("step").asText()) {
          case "claim" -> Step.CLAIM;
          case "start" -> Step.START;
          case "end" -> Step.END;
          case "release" -> Step.RELEASE;
          default ->
              throw new MalformedJson("the step of a task must be claim, start, end or release");
        };
    return new CellTask(
        id,
        step,
        root.path("cell").asInt(),
        root.path("waited").asLong(),
        root.path("passes").asInt());
  }

  /** The input of a comparison's execution. */
  public static String input(ComparisonId id, int generation) {
    return Json.write(
        Json.object()
            .put("comparison_id", id.value())
            .put("generation", generation)
            .put("passes", 0));
  }

  /** The run of the task's cell, if it is a task of a cell. */
  public Optional<RunId> runId() {
    return step == Step.START || step == Step.END ? Optional.of(id.runOf(cell)) : Optional.empty();
  }

  /** Performs the task and returns its result as JSON, with the next {@code action}. */
  public String perform(PlayCells cells) {
    return Json.write(
        switch (step) {
          case CLAIM -> claimed(cells.claim(id));
          case START -> started(cells.start(id, cell));
          case END -> ended(cells.end(id, cell, waited));
          case RELEASE -> action(cells.release(id, passes) ? "done" : "again");
        });
  }

  private static ObjectNode action(String action) {
    return Json.object().put("action", action);
  }

  private ObjectNode wait(String action, int seconds) {
    return action(action).put("seconds", seconds).put("waited", waited + seconds);
  }

  private static ObjectNode claimed(PlayCells.Claim claim) {
    return switch (claim) {
      case PlayCells.Claim.Play play -> {
        ObjectNode json = action("play");
        ArrayNode providers = json.putArray("providers");
        for (PlayCells.Group group : play.providers()) {
          ObjectNode provider =
              providers
                  .addObject()
                  .put("provider", group.provider())
                  .put("concurrency", group.concurrency());
          group.cells().forEach(provider.withArray("cells")::add);
        }
        yield json;
      }
      case PlayCells.Claim.Queued() -> action("queued");
      case PlayCells.Claim.Nothing() -> action("release");
    };
  }

  private static ObjectNode started(PlayCells.Start start) {
    return switch (start) {
      case PlayCells.Start.Play play ->
          action("play")
              .put("name", play.task().runId().value())
              .putRawValue("input", new RawValue(TurnTaskCodec.write(play.task())));
      case PlayCells.Start.End() -> action("end");
      case PlayCells.Start.Skip() -> action("skip");
    };
  }

  private ObjectNode ended(EndCell.Result end) {
    return switch (end) {
      case EndCell.Result.Done() -> action("done");
      case EndCell.Result.Wait(int seconds) -> wait("wait", seconds);
      case EndCell.Result.Restart(int seconds) -> wait("restart", seconds);
    };
  }
}
