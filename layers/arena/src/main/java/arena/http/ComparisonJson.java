package arena.http;

import arena.codec.Timestamps;
import arena.comparison.Cell;
import arena.comparison.CellJson;
import arena.comparison.Comparison;
import arena.comparison.ComparisonId;
import arena.comparison.ComparisonQueries;
import arena.comparison.ComparisonQueue;
import arena.comparison.Design;
import arena.comparison.StopReason;
import arena.json.Json;
import arena.ranking.Ranking;
import arena.ranking.Standing;
import arena.run.Mutation;
import arena.run.Profile;
import arena.statistics.ArmComparison;
import arena.statistics.ArmOutcomes;
import arena.statistics.ArmSummary;
import arena.statistics.Interval;
import arena.text.Redactor;
import arena.world.Scenario;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Experiments, races and rankings as responses show them. An absent value is null. */
final class ComparisonJson {
  private ComparisonJson() {}

  /**
   * What a comparison waits for.
   *
   * @param other the comparison that plays before it
   * @param position its place among those that need one of its providers, from 1
   */
  record Wait(Optional<ComparisonId> other, Optional<Integer> position) {
    /** The comparison does not wait. */
    static final Wait NONE = new Wait(Optional.empty(), Optional.empty());

    /** The wait of a waiting comparison. */
    static Wait in(ComparisonQueue queue, Comparison comparison) {
      List<ComparisonId> ahead = queue.ahead(comparison.id());
      return new Wait(
          ahead.isEmpty() ? comparison.progress().waitsFor() : Optional.of(ahead.getFirst()),
          Optional.of(ahead.size() + 1));
    }
  }

  /** A text without secrets that it may contain. */
  private static String redacted(String text) {
    return Redactor.OF_FORMATS.redact(text);
  }

  /**
   * An experiment as a row of the list.
   *
   * @param wait what it waits for
   */
  static ObjectNode experimentRow(Comparison comparison, Wait wait) {
    Design.Experiment design = (Design.Experiment) comparison.design();
    ObjectNode json = identity(comparison, "experiment_id");
    json.put("parent_run_id", design.parentRunId().value())
        .put("parent_t", design.parentT())
        .put("n_turns", design.nTurns())
        .put("replicas", design.replicas());
    json.set("arms", texts(design.arms().stream().map(Design.Arm::name).toList()));
    json.set("cells", counts(comparison.progress().cells()));
    putSpent(json, comparison, wait);
    return json;
  }

  /** An experiment with its arms in numbers. */
  static ObjectNode experiment(
      Comparison comparison, Wait wait, int samples, List<Cell> cells, List<ArmSummary> summaries) {
    Design.Experiment design = (Design.Experiment) comparison.design();
    ObjectNode json = experimentRow(comparison, wait);
    json.put("seed", comparison.seed()).put("samples", samples);
    json.set(
        "arms",
        array(summaries, summary -> arm(armNamed(design, summary.name()), design, cells, summary)));
    return json;
  }

  private static Design.Arm armNamed(Design.Experiment design, String name) {
    return design.arms().stream().filter(arm -> arm.name().equals(name)).findFirst().orElseThrow();
  }

  private static ObjectNode arm(
      Design.Arm arm, Design.Experiment design, List<Cell> cells, ArmSummary summary) {
    boolean unchanged = arm.mutation().equals(Mutation.NONE);
    ObjectNode json =
        Json.object().put("name", arm.name()).put("control", design.control().equals(arm.name()));
    json.set("mutation", unchanged ? null : RunJson.mutation(arm.mutation()));
    json.set("profile", RunJson.profile(arm.profile()));
    List<Cell> own =
        cells.stream().filter(cell -> cell.plan().player().equals(arm.name())).toList();
    json.set(
        "cells",
        array(
            own,
            cell ->
                result(
                    cell,
                    Json.object().put("cell", cell.number()).put("replica", cell.plan().round()))));
    json.put("failed", summary.failed());
    json.set("population", interval(summary.population()));
    json.set("economy", interval(summary.economy()));
    json.set("cost_usd", interval(summary.costUsd()));
    json.set("feudal_share", interval(summary.feudalShare()));
    json.set(
        "feudal_by_turn",
        array(
            summary.feudalByTurn(),
            share -> Json.object().put("t", share.t()).setAll(interval(share.share()))));
    json.put("deterministic", summary.deterministic());
    json.set(
        "versus_control", summary.versusControl().map(ComparisonJson::versusControl).orElse(null));
    return json;
  }

  private static ObjectNode versusControl(ArmComparison comparison) {
    ObjectNode json = Json.object();
    json.set("win_probability", interval(comparison.winProbability()));
    ArmComparison.Differences differences = comparison.differences();
    ObjectNode means = json.putObject("differences");
    means.set("population", interval(differences.population()));
    means.set("economy", interval(differences.economy()));
    means.set("cost_usd", interval(differences.costUsd()));
    means.set("feudal_share", interval(differences.feudalShare()));
    return json.put("p_value", comparison.pValue().orElse(null))
        .put("p_adjusted", comparison.pAdjusted().orElse(null))
        .put("verdict", comparison.verdict().label())
        .put("sentence", comparison.sentence())
        .put("replicas_needed", comparison.replicasNeeded().orElse(null));
  }

  /**
   * A race as a row of the list.
   *
   * @param wait what it waits for
   */
  static ObjectNode raceRow(Comparison comparison, Wait wait) {
    ObjectNode json = race(comparison);
    Design.Race design = (Design.Race) comparison.design();
    json.set("profiles", texts(design.profiles().stream().map(Profile::name).toList()));
    json.set("cells", counts(comparison.progress().cells()));
    putSpent(json, comparison, wait);
    return json;
  }

  /** A race with its cells and standings. */
  static ObjectNode race(
      Comparison comparison,
      Wait wait,
      int samples,
      List<Cell> cells,
      List<Standing> standings,
      String note) {
    ObjectNode json = race(comparison);
    json.set("profiles", array(comparison.design().profiles(), RunJson::profile));
    json.set("cell_counts", counts(comparison.progress().cells()));
    putSpent(json, comparison, wait);
    json.put("seed", comparison.seed()).put("samples", samples);
    json.set(
        "cells",
        array(
            cells,
            cell ->
                result(
                    cell,
                    Json.object()
                        .put("cell", cell.number())
                        .put("profile", cell.plan().player())
                        .put("scenario", cell.plan().scenario())
                        .put("round", cell.plan().round()))));
    json.set("standings", array(standings, ComparisonJson::standing));
    return json.put("note", note);
  }

  private static ObjectNode race(Comparison comparison) {
    Design.Race design = (Design.Race) comparison.design();
    ObjectNode json = identity(comparison, "race_id");
    json.put("n_turns", design.nTurns()).put("rounds", design.rounds());
    json.set("scenarios", texts(design.scenarios().stream().map(Scenario::label).toList()));
    return json;
  }

  private static ObjectNode standing(Standing standing) {
    ObjectNode json =
        Json.object()
            .put("rank", standing.rank())
            .put("profile", standing.player())
            .put("played", standing.played())
            .put("wins", standing.wins())
            .put("ties", standing.ties())
            .put("losses", standing.losses())
            .put("failed", standing.failed());
    json.set("rating", interval(standing.rating()));
    return json.put("cost_usd", standing.costUsd());
  }

  // ---- parts of both

  private static ObjectNode identity(Comparison comparison, String id) {
    return Json.object()
        .put(id, comparison.id().value())
        .put("label", redacted(comparison.label()))
        .put("status", comparison.status().label())
        .put("created_at", Timestamps.write(comparison.createdAt()));
  }

  private static ObjectNode counts(Comparison.Counts counts) {
    return Json.object()
        .put("planned", counts.planned())
        .put("running", counts.running())
        .put("complete", counts.complete())
        .put("failed", counts.failed())
        .put("not_started", counts.notStarted());
  }

  private static void putSpent(ObjectNode json, Comparison comparison, Wait wait) {
    json.put("cost_usd", comparison.progress().costUsd())
        .put("cost_known", comparison.progress().costKnown());
    json.putObject("budget")
        .put("usd", comparison.budget().usd().orElse(null))
        .put("turns", comparison.budget().turns().orElse(null));
    json.put("waits_for", wait.other().map(ComparisonId::value).orElse(null))
        .put("position", wait.position().orElse(null));
  }

  /** Adds what a cell's run came to; null until it has ended. */
  private static ObjectNode result(Cell cell, ObjectNode json) {
    json.put("run_id", cell.started() ? cell.runId().value() : null)
        .put("status", cell.state().label())
        .put("reason", cell.reason().map(StopReason::label).orElse(null));
    CellJson.putOutcome(json, cell);
    return json;
  }

  // ---- rankings

  /**
   * A ranking, with what it was computed from.
   *
   * @param races number of races
   * @param runs number of runs
   */
  static ObjectNode ranking(
      RankingRequest request, Ranking ranking, int races, int runs, String note) {
    ObjectNode json =
        Json.object()
            .put("by", request.by().label())
            .put("seed", request.seed())
            .put("samples", request.samples())
            .put("races", races)
            .put("runs", runs)
            .put("matches", ranking.matches())
            .put("failed_runs", ranking.failedRuns());
    json.set("components", array(ranking.components(), ComparisonJson::component));
    json.set(
        "scenarios",
        array(
            ranking.scenarios(),
            one -> {
              ObjectNode scenario = Json.object().put("scenario", one.scenario());
              scenario.set("components", array(one.components(), ComparisonJson::component));
              return scenario;
            }));
    return json.put("note", note);
  }

  private static ObjectNode component(Ranking.Component component) {
    ObjectNode json = Json.object();
    json.set("players", array(component.players(), ComparisonJson::player));
    json.set(
        "win_probability",
        array(
            component.winProbability(),
            row -> {
              ArrayNode line = Json.array();
              row.forEach(line::add);
              return line;
            }));
    return json;
  }

  private static ObjectNode player(Ranking.RankedPlayer player) {
    ObjectNode json = Json.object().put("rank", player.rank()).put("player", player.player());
    json.set("rating", interval(player.rating()));
    return json.put("wins", player.wins())
        .put("ties", player.ties())
        .put("losses", player.losses())
        .put("failed", player.failed())
        .put("cost_usd_per_run", player.costUsdPerRun().orElse(null))
        .put("pareto", player.pareto());
  }

  private static ObjectNode interval(Interval interval) {
    return Json.object()
        .put("value", interval.value())
        .put("low", interval.low().orElse(null))
        .put("high", interval.high().orElse(null));
  }

  private static @Nullable ObjectNode interval(Optional<Interval> interval) {
    return interval.map(ComparisonJson::interval).orElse(null);
  }

  private static <T> ArrayNode array(List<T> values, Function<T, JsonNode> node) {
    ArrayNode array = Json.array();
    values.forEach(value -> array.add(node.apply(value)));
    return array;
  }

  private static ArrayNode texts(List<String> values) {
    ArrayNode array = Json.array();
    values.forEach(array::add);
    return array;
  }

  /** The outcomes of an experiment's arms. */
  static List<ArmOutcomes> outcomes(Design.Experiment design, List<Cell> cells) {
    return design.arms().stream()
        .map(
            arm ->
                new ArmOutcomes(
                    arm.name(),
                    sampling(arm.profile()),
                    cells.stream()
                        .filter(cell -> cell.plan().player().equals(arm.name()))
                        .flatMap(cell -> ComparisonQueries.outcome(cell).stream())
                        .toList()))
        .toList();
  }

  private static ArmOutcomes.Sampling sampling(Profile profile) {
    String provider = Design.providerOf(profile);
    if (provider.equals(Profile.SCRIPTED) || provider.equals("recorded")) {
      return ArmOutcomes.Sampling.SCRIPTED;
    }
    return profile.temperature() == 0
        ? ArmOutcomes.Sampling.TEMPERATURE_ZERO
        : ArmOutcomes.Sampling.RANDOM;
  }
}
