package arena.local.compare;

import arena.local.TextTable;
import arena.text.PlainText;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What the commands print about plans, experiments, races and rankings. */
final class Tables {
  private Tables() {}

  /** What a comparison will take, and where each number comes from. */
  static List<String> plan(JsonNode plan) {
    List<String> lines = new ArrayList<>();
    lines.add(
        String.format(
            Locale.ROOT,
            "%d runs, %d turns, %d model calls, about %,d tokens in and %,d out, %s%s",
            plan.path("cells").asInt(),
            plan.path("turns").asLong(),
            plan.path("model_calls").asLong(),
            plan.path("tokens_in").asLong(),
            plan.path("tokens_out").asLong(),
            cost(plan),
            plan.path("within_budget").asBoolean(true) ? "" : "; more than the budget"));
    TextTable table =
        new TextTable(
            List.of("profile", "model", "tokens in", "tokens out", "USD a turn", "estimated from"));
    for (JsonNode basis : plan.path("basis")) {
      table.add(
          List.of(
              basis.path("profile").asText(),
              basis.path("model").asText(),
              Math.round(basis.path("tokens_in_per_turn").asDouble()),
              Math.round(basis.path("tokens_out_per_turn").asDouble()),
              rounded(basis.path("cost_usd_per_turn"), 5),
              switch (basis.path("source").asText()) {
                case "past_runs" -> basis.path("runs").asInt() + " past runs";
                case "no_model" -> "no model is called";
                default -> "defaults";
              }));
    }
    lines.addAll(table.lines());
    return lines;
  }

  private static String cost(JsonNode plan) {
    String cost = String.format(Locale.ROOT, "$%.2f", plan.path("cost_usd").asDouble());
    return plan.path("cost_known").asBoolean(true) ? cost : cost + " and models without a price";
  }

  /** The arms of an experiment, and each against the control. */
  static List<String> experiment(JsonNode experiment) {
    TextTable arms =
        new TextTable(List.of("arm", "runs", "failed", "population", "economy", "Feudal", "USD"));
    TextTable against =
        new TextTable(List.of("arm", "beats the control", "population", "economy", "p", "verdict"));
    List<String> sentences = new ArrayList<>();
    for (JsonNode arm : experiment.path("arms")) {
      int complete = 0;
      int failed = 0;
      for (JsonNode cell : arm.path("cells")) {
        complete += cell.path("status").asText().equals("complete") ? 1 : 0;
        failed += cell.path("status").asText().equals("failed") ? 1 : 0;
      }
      String name = arm.path("name").asText();
      arms.add(
          List.of(
              arm.path("control").asBoolean() ? name + " (control)" : name,
              complete,
              failed,
              interval(arm.path("population"), 1),
              interval(arm.path("economy"), 0),
              interval(arm.path("feudal_share"), 2),
              interval(arm.path("cost_usd"), 4)));
      JsonNode versus = arm.path("versus_control");
      if (versus.isObject()) {
        against.add(
            List.of(
                name,
                interval(versus.path("win_probability"), 2),
                interval(versus.at("/differences/population"), 1),
                interval(versus.at("/differences/economy"), 0),
                rounded(versus.path("p_adjusted"), 4),
                versus.path("verdict").asText().replace('_', ' ')));
        sentences.add(versus.path("sentence").asText());
      }
    }
    List<String> lines = new ArrayList<>(arms.lines());
    if (against.size() > 0) {
      lines.add("");
      lines.addAll(against.lines());
      lines.add("");
      sentences.forEach(sentence -> lines.add(PlainText.line(sentence)));
    }
    return lines;
  }

  /** The standings of a race. */
  static List<String> race(JsonNode race) {
    TextTable standings =
        new TextTable(
            List.of("rank", "profile", "played", "won", "tied", "lost", "failed", "rating", "USD"));
    for (JsonNode row : race.path("standings")) {
      standings.add(
          List.of(
              row.path("rank").asInt(),
              row.path("profile").asText(),
              row.path("played").asInt(),
              row.path("wins").asInt(),
              row.path("ties").asInt(),
              row.path("losses").asInt(),
              row.path("failed").asInt(),
              interval(row.path("rating"), 2),
              rounded(row.path("cost_usd"), 4)));
    }
    return withNote(standings.lines(), race);
  }

  /** The players of a ranking; those that never met are ranked apart. */
  static List<String> ranking(JsonNode ranking) {
    List<String> lines = new ArrayList<>();
    for (JsonNode component : ranking.path("components")) {
      TextTable players =
          new TextTable(
              List.of(
                  "rank",
                  "player",
                  "rating",
                  "won",
                  "tied",
                  "lost",
                  "failed",
                  "USD a run",
                  "best"));
      for (JsonNode row : component.path("players")) {
        players.add(
            List.of(
                row.path("rank").asInt(),
                row.path("player").asText(),
                interval(row.path("rating"), 2),
                row.path("wins").asInt(),
                row.path("ties").asInt(),
                row.path("losses").asInt(),
                row.path("failed").asInt(),
                rounded(row.path("cost_usd_per_run"), 4),
                row.path("pareto").asBoolean() ? "for its cost" : ""));
      }
      if (!lines.isEmpty()) {
        lines.add("");
      }
      lines.addAll(players.lines());
    }
    return withNote(lines, ranking);
  }

  private static List<String> withNote(List<String> table, JsonNode result) {
    List<String> lines = new ArrayList<>(table);
    String note = PlainText.line(result.path("note").asText());
    if (!note.isEmpty()) {
      lines.add("");
      lines.add(note);
    }
    return lines;
  }

  /** A value with its 95 % interval; empty if there is none. */
  private static String interval(JsonNode interval, int digits) {
    if (!interval.path("value").isNumber()) {
      return "";
    }
    String value = rounded(interval.path("value"), digits);
    return interval.path("low").isNumber()
        ? value
            + " ["
            + rounded(interval.path("low"), digits)
            + ", "
            + rounded(interval.path("high"), digits)
            + "]"
        : value;
  }

  private static String rounded(JsonNode number, int digits) {
    return number.isNumber()
        ? String.format(Locale.ROOT, "%." + digits + "f", number.asDouble())
        : "";
  }
}
