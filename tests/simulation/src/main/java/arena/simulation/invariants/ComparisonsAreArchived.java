package arena.simulation.invariants;

import arena.comparison.Cell;
import arena.comparison.CellJson;
import arena.comparison.Comparison;
import arena.json.Json;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;

/** See {@link #description}. */
final class ComparisonsAreArchived extends Invariant {
  ComparisonsAreArchived(Facts facts) {
    super(facts);
  }

  @Override
  public String description() {
    return "The archive of a comparison is complete before the comparison ends, and stays so: one line"
        + " for each cell, with its outcome.";
  }

  @Override
  public void comparisonChanged(Comparison before, Comparison after) {
    if (before.progress().open() && !after.progress().open()) {
      requireArchived(after);
    }
  }

  @Override
  public void atEnd() {
    facts.comparisons().all().forEach(this::requireArchived);
  }

  private void requireArchived(Comparison comparison) {
    List<Cell> cells = facts.comparisons().cellsOf(comparison.id());
    List<String> lines = facts.results(comparison.id()).stream().flatMap(String::lines).toList();
    require(
        lines.size() == cells.size(),
        () ->
            String.format(
                Locale.ROOT,
                "comparison %s has %d cells, its archive %d",
                comparison.id(),
                cells.size(),
                lines.size()));
    for (int number = 0; number < lines.size(); number++) {
      String line = lines.get(number);
      ObjectNode expected =
          Json.object()
              .put("cell", number)
              .put("run_id", cells.get(number).runId().value())
              .put("status", cells.get(number).state().label());
      CellJson.putOutcome(expected, cells.get(number));
      require(
          contains(line, expected),
          () ->
              "comparison %s: archived %s, expected %s".formatted(comparison.id(), line, expected));
    }
  }

  private static boolean contains(String line, ObjectNode expected) {
    JsonNode found;
    try {
      found = Json.read(line);
    } catch (JsonProcessingException e) {
      return false;
    }
    // Numbers are compared as text: an integer that was read is not of the type that was written.
    return expected.properties().stream()
        .allMatch(field -> found.path(field.getKey()).asText().equals(field.getValue().asText()));
  }
}
