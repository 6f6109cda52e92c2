package arena.http;

import arena.comparison.Budget;
import arena.comparison.Cell;
import arena.comparison.CellOutcome;
import arena.comparison.Comparison;
import arena.comparison.ComparisonId;
import arena.comparison.ComparisonQueries;
import arena.comparison.Design;
import arena.comparison.StopReason;
import arena.ranking.Ranking;
import arena.ranking.Standing;
import arena.run.RunId;
import arena.statistics.ArmComparison;
import arena.statistics.ArmComparison.Differences;
import arena.statistics.ArmOutcomes;
import arena.statistics.ArmSummary;
import arena.statistics.Interval;
import arena.text.PlainText;
import arena.text.Redactor;
import arena.world.Scenario;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Experiments, races and rankings as responses show them. An absent value is null. */
final class ComparisonJson {
  private ComparisonJson() {}

  /** A text without secrets that it may contain. */
  private static String redacted(String text) {
    return Redactor.OF_FORMATS.redact(text);
  }

  /** The number of cells in each state. */
  record Counts(int planned, int running, int complete, int failed, int notStarted) {
    static Counts of(Comparison.Counts counts) {
      return new Counts(
          counts.planned(),
          counts.running(),
          counts.complete(),
          counts.failed(),
          counts.notStarted());
    }
  }

  /** The limits of what is spent. */
  record Limits(Optional<Double> usd, Optional<Long> turns) {
    static Limits of(Budget budget) {
      return new Limits(budget.usd(), budget.turns());
    }
  }

  /** An experiment as a row of the list. */
  record ExperimentRow(
      String experimentId,
      String label,
      String status,
      Instant createdAt,
      RunId parentRunId,
      int parentT,
      int nTurns,
      int replicas,
      List<String> arms,
      Counts cells,
      double costUsd,
      boolean costKnown,
      Limits budget,
      Optional<String> waitsFor) {
    static ExperimentRow of(Comparison comparison) {
      Design.Experiment design = (Design.Experiment) comparison.design();
      return new ExperimentRow(
          comparison.id().value(),
          redacted(comparison.label()),
          comparison.status().label(),
          comparison.createdAt(),
          design.parentRunId(),
          design.parentT(),
          design.nTurns(),
          design.replicas(),
          design.arms().stream().map(Design.Arm::name).toList(),
          Counts.of(comparison.progress().cells()),
          comparison.progress().costUsd(),
          comparison.progress().costKnown(),
          Limits.of(comparison.budget()),
          comparison.progress().waitsFor().map(ComparisonId::value));
    }
  }

  /** An experiment with its arms in numbers. */
  record Experiment(
      String experimentId,
      String label,
      String status,
      Instant createdAt,
      RunId parentRunId,
      int parentT,
      int nTurns,
      int replicas,
      Counts cells,
      double costUsd,
      boolean costKnown,
      Limits budget,
      Optional<String> waitsFor,
      long seed,
      int samples,
      List<Arm> arms) {
    static Experiment of(
        Comparison comparison, int samples, List<Cell> cells, List<ArmSummary> summaries) {
      ExperimentRow row = ExperimentRow.of(comparison);
      Design.Experiment design = (Design.Experiment) comparison.design();
      List<Arm> arms =
          summaries.stream()
              .map(
                  summary ->
                      Arm.of(
                          armNamed(design, summary.name()),
                          design.control().equals(summary.name()),
                          cells,
                          summary))
              .toList();
      return new Experiment(
          row.experimentId,
          row.label,
          row.status,
          row.createdAt,
          row.parentRunId,
          row.parentT,
          row.nTurns,
          row.replicas,
          row.cells,
          row.costUsd,
          row.costKnown,
          row.budget,
          row.waitsFor,
          comparison.seed(),
          samples,
          arms);
    }

    private static Design.Arm armNamed(Design.Experiment design, String name) {
      return design.arms().stream()
          .filter(arm -> arm.name().equals(name))
          .findFirst()
          .orElseThrow();
    }
  }

  /** An arm of an experiment. */
  record Arm(
      String name,
      boolean control,
      Optional<RunJson.Mutation> mutation,
      RunJson.Profile profile,
      List<Replica> cells,
      int failed,
      Optional<Interval> population,
      Optional<Interval> economy,
      Optional<Interval> costUsd,
      Optional<Interval> feudalShare,
      List<Share> feudalByTurn,
      boolean deterministic,
      Optional<VersusControl> versusControl) {
    private static Arm of(Design.Arm arm, boolean control, List<Cell> cells, ArmSummary summary) {
      return new Arm(
          arm.name(),
          control,
          arm.mutation().equals(arena.run.Mutation.NONE)
              ? Optional.empty()
              : Optional.of(RunJson.Mutation.of(arm.mutation())),
          RunJson.Profile.of(arm.profile()),
          cells.stream()
              .filter(cell -> cell.plan().player().equals(arm.name()))
              .map(Replica::of)
              .toList(),
          summary.failed(),
          summary.population(),
          summary.economy(),
          summary.costUsd(),
          summary.feudalShare(),
          summary.feudalByTurn().stream().map(Share::of).toList(),
          summary.deterministic(),
          summary.versusControl().map(VersusControl::of));
    }
  }

  /** The share of the runs that reached the Feudal Age by a turn. */
  record Share(int t, double value, Optional<Double> low, Optional<Double> high) {
    private static Share of(ArmSummary.ShareByTurn share) {
      return new Share(share.t(), share.share().value(), share.share().low(), share.share().high());
    }
  }

  /** An arm against the control. */
  record VersusControl(
      Interval winProbability,
      Differences differences,
      Optional<Double> pValue,
      Optional<Double> pAdjusted,
      String verdict,
      String sentence,
      Optional<Integer> replicasNeeded) {
    private static VersusControl of(ArmComparison comparison) {
      return new VersusControl(
          comparison.winProbability(),
          comparison.differences(),
          comparison.pValue(),
          comparison.pAdjusted(),
          comparison.verdict().label(),
          comparison.sentence(),
          comparison.replicasNeeded());
    }
  }

  /** What a cell's run came to; null until it has ended. */
  record Result(
      Optional<RunId> runId,
      String status,
      Optional<String> reason,
      Optional<String> finalAge,
      Optional<Integer> feudalT,
      Optional<Integer> population,
      Optional<Double> economy,
      Optional<Double> costUsd,
      Optional<String> failure) {
    private static Result of(Cell cell) {
      Optional<CellOutcome> outcome = cell.outcome();
      Optional<CellOutcome> seen = outcome.filter(one -> !one.finalAge().isEmpty());
      return new Result(
          cell.started() ? Optional.of(cell.runId()) : Optional.empty(),
          cell.state().label(),
          cell.reason().map(StopReason::label),
          seen.map(CellOutcome::finalAge),
          outcome.flatMap(CellOutcome::feudalT),
          seen.map(one -> one.score().population()),
          seen.map(one -> one.score().economy()),
          outcome.filter(CellOutcome::costKnown).map(CellOutcome::costUsd),
          outcome.flatMap(CellOutcome::failure).map(failure -> PlainText.line(failure.code())));
    }
  }

  /** A cell of an experiment's arm. */
  record Replica(int cell, int replica, @JsonUnwrapped Result result) {
    private static Replica of(Cell cell) {
      return new Replica(cell.number(), cell.plan().round(), Result.of(cell));
    }
  }

  /** A race as a row of the list. */
  record RaceRow(
      String raceId,
      String label,
      String status,
      Instant createdAt,
      int nTurns,
      int rounds,
      List<String> profiles,
      List<String> scenarios,
      Counts cells,
      double costUsd,
      boolean costKnown,
      Limits budget,
      Optional<String> waitsFor) {
    static RaceRow of(Comparison comparison) {
      Design.Race design = (Design.Race) comparison.design();
      return new RaceRow(
          comparison.id().value(),
          redacted(comparison.label()),
          comparison.status().label(),
          comparison.createdAt(),
          design.nTurns(),
          design.rounds(),
          design.profiles().stream().map(arena.run.Profile::name).toList(),
          design.scenarios().stream().map(Scenario::label).toList(),
          Counts.of(comparison.progress().cells()),
          comparison.progress().costUsd(),
          comparison.progress().costKnown(),
          Limits.of(comparison.budget()),
          comparison.progress().waitsFor().map(ComparisonId::value));
    }
  }

  /** A race with its cells and standings. */
  record Race(
      String raceId,
      String label,
      String status,
      Instant createdAt,
      int nTurns,
      int rounds,
      List<RunJson.Profile> profiles,
      List<String> scenarios,
      Counts cellCounts,
      double costUsd,
      boolean costKnown,
      Limits budget,
      Optional<String> waitsFor,
      long seed,
      int samples,
      List<RaceCell> cells,
      List<Standings> standings,
      String note) {
    static Race of(
        Comparison comparison,
        int samples,
        List<Cell> cells,
        List<Standing> standings,
        String note) {
      RaceRow row = RaceRow.of(comparison);
      return new Race(
          row.raceId,
          row.label,
          row.status,
          row.createdAt,
          row.nTurns,
          row.rounds,
          comparison.design().profiles().stream().map(RunJson.Profile::of).toList(),
          row.scenarios,
          row.cells,
          row.costUsd,
          row.costKnown,
          row.budget,
          row.waitsFor,
          comparison.seed(),
          samples,
          cells.stream().map(RaceCell::of).toList(),
          standings.stream().map(Standings::of).toList(),
          note);
    }
  }

  /** A cell of a race. */
  record RaceCell(
      int cell, String profile, String scenario, int round, @JsonUnwrapped Result result) {
    private static RaceCell of(Cell cell) {
      return new RaceCell(
          cell.number(),
          cell.plan().player(),
          cell.plan().scenario(),
          cell.plan().round(),
          Result.of(cell));
    }
  }

  /** A row of the standings. */
  record Standings(
      int rank,
      String profile,
      int played,
      int wins,
      int ties,
      int losses,
      int failed,
      Optional<Interval> rating,
      double costUsd) {
    private static Standings of(Standing standing) {
      return new Standings(
          standing.rank(),
          standing.player(),
          standing.played(),
          standing.wins(),
          standing.ties(),
          standing.losses(),
          standing.failed(),
          standing.rating(),
          standing.costUsd());
    }
  }

  /** A ranking, with what it was computed from. */
  record Ranked(
      String by,
      long seed,
      int samples,
      int races,
      int runs,
      int matches,
      int failedRuns,
      List<Ranking.Component> components,
      List<Ranking.InScenario> scenarios,
      String note) {}

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

  private static ArmOutcomes.Sampling sampling(arena.run.Profile profile) {
    String provider = Design.providerOf(profile);
    if (provider.equals(arena.run.Profile.SCRIPTED) || provider.equals("recorded")) {
      return ArmOutcomes.Sampling.SCRIPTED;
    }
    return profile.temperature() == 0
        ? ArmOutcomes.Sampling.TEMPERATURE_ZERO
        : ArmOutcomes.Sampling.RANDOM;
  }
}
