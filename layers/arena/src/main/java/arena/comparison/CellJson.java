package arena.comparison;

import arena.text.PlainText;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;

/** The outcome of a cell as responses and archives have it. */
public final class CellJson {
  private CellJson() {}

  /** Adds the outcome of a cell's run; its fields are null until it has ended. */
  public static void putOutcome(ObjectNode json, Cell cell) {
    Optional<CellOutcome> outcome = cell.outcome();
    Optional<CellOutcome> seen = outcome.filter(one -> !one.finalAge().isEmpty());
    json.put("final_age", seen.map(CellOutcome::finalAge).orElse(null))
        .put("feudal_t", outcome.flatMap(CellOutcome::feudalT).orElse(null))
        .put("population", seen.map(one -> one.score().population()).orElse(null))
        .put("economy", seen.map(one -> one.score().economy()).orElse(null))
        .put(
            "cost_usd",
            outcome.filter(CellOutcome::costKnown).map(CellOutcome::costUsd).orElse(null))
        .put(
            "failure",
            outcome
                .flatMap(CellOutcome::failure)
                .map(failure -> PlainText.line(failure.code()))
                .orElse(null));
  }
}
