package arena.comparison;

import arena.codec.Timestamps;
import arena.json.Json;
import arena.text.Redactor;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/**
 * Stores the results of comparisons for analysis, next to the archives of their runs: {@code
 * comparisons/<id>.jsonl}, one line for each cell. {@code layers/arena/ANALYSIS.md} describes the
 * fields.
 */
public final class ComparisonArchive {
  private final Objects objects;

  public ComparisonArchive(Objects objects) {
    this.objects = objects;
  }

  /** The objects of the archives' bucket. */
  @FunctionalInterface
  public interface Objects {
    /** Writes an object, replacing what is there. */
    void put(String key, String text);
  }

  /** Writes the cells of a comparison. Idempotent; a later call replaces what is there. */
  void write(Comparison comparison, List<Cell> cells) {
    StringBuilder lines = new StringBuilder();
    cells.forEach(cell -> lines.append(Json.write(line(comparison, cell))).append('\n'));
    objects.put("comparisons/" + comparison.id() + ".jsonl", lines.toString());
  }

  private static ObjectNode line(Comparison comparison, Cell cell) {
    ObjectNode json =
        Json.object()
            .put("id", comparison.id().value())
            .put("kind", comparison.kind().label())
            .put("label", Redactor.OF_FORMATS.redact(comparison.label()))
            .put("created_at", Timestamps.write(comparison.createdAt()))
            .put("cell", cell.number())
            .put("run_id", cell.runId().value())
            .put("status", cell.state().label())
            .put("profile", cell.plan().profile().name())
            .put("model", cell.plan().profile().model())
            .put("scenario", cell.plan().scenario());
    switch (comparison.design()) {
      case Design.Experiment experiment ->
          json.put("arm", cell.plan().player())
              .put("control", cell.plan().player().equals(experiment.control()))
              .put("replica", cell.plan().round());
      case Design.Race _ -> json.put("round", cell.plan().round());
    }
    CellJson.putOutcome(json, cell);
    return json;
  }
}
