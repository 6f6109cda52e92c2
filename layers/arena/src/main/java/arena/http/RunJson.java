package arena.http;

import static com.fasterxml.jackson.annotation.JsonInclude.Include.NON_EMPTY;

import arena.agent.PriceTable;
import arena.run.RunId;
import arena.run.Usage;
import arena.text.PlainText;
import arena.text.Redactor;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.time.Instant;
import java.util.Optional;

/** Runs as responses show them. Unless stated otherwise, an absent value is null. */
final class RunJson {
  private RunJson() {}

  /** A text without secrets that it may contain, as a diagnosis and a report show it. */
  private static String redacted(String text) {
    return Redactor.OF_FORMATS.redact(text);
  }

  /**
   * A run as a row of a list. Cost and final state are null until it is archived.
   *
   * @param costKnown whether the cost of the model's calls is known; if not, it is shown as 0
   */
  record Row(
      RunId runId,
      String label,
      String status,
      long nEvents,
      Optional<Instant> firstTs,
      Optional<Instant> lastTs,
      String dbPath,
      Optional<RunId> parentRunId,
      Optional<Integer> parentT,
      String scenario,
      String profileName,
      int t0,
      int nTurns,
      Instant createdAt,
      Optional<Instant> endedAt,
      String model,
      int turnsPlayed,
      boolean costKnown,
      Optional<String> errorCode,
      Optional<Double> totalCostUsd,
      Optional<String> finalAge,
      Optional<Integer> finalAgeIndex,
      Optional<Integer> finalPopulation,
      Optional<Double> finalEconomy) {
    static Row of(arena.run.Run run) {
      return new Row(
          run.runId(),
          redacted(run.label()),
          run.status().label(),
          run.nEvents(),
          run.firstTs(),
          run.lastTs(),
          run.dbPath(),
          run.origin().map(arena.run.Run.Origin::parentRunId),
          run.origin().map(arena.run.Run.Origin::parentT),
          run.scenario(),
          run.profile().name(),
          run.t0(),
          run.nTurns(),
          run.createdAt(),
          run.endedAt(),
          run.profile().model(),
          run.turnsPlayed(),
          PriceTable.isCostKnown(run.profile().model()),
          run.failure().map(failure -> PlainText.line(failure.code())),
          run.summary().map(arena.run.Run.Summary::totalCostUsd),
          run.summary().map(arena.run.Run.Summary::finalAge),
          run.summary().map(summary -> summary.score().ageIndex()),
          run.summary().map(summary -> summary.score().population()),
          run.summary().map(summary -> summary.score().economy()));
    }
  }

  /**
   * A run with everything that is known of it.
   *
   * @param tokensIn tokens of the prompts, as the model's services counted them; null until the run
   *     is archived, as the three after it
   * @param departsAt first turn at which the state of a recorded run differs from its parent's
   */
  record Run(
      @JsonUnwrapped Row row,
      Profile profile,
      Optional<Prompt> prompt,
      Optional<Mutation> mutation,
      Optional<String> reason,
      Progress progress,
      Optional<Long> tokensIn,
      Optional<Long> tokensOut,
      Optional<Long> tokensCached,
      Optional<Long> modelMs,
      Optional<Integer> departsAt,
      Optional<Failure> error) {
    static Run of(arena.run.Run run) {
      return new Run(
          Row.of(run),
          Profile.of(run.profile()),
          run.prompt().map(prompt -> new Prompt(prompt.version(), prompt.sha256())),
          run.origin().map(origin -> Mutation.of(origin.mutation())),
          run.origin().map(origin -> redacted(origin.reason())),
          new Progress(run.turnsPlayed(), run.nTurns()),
          usage(run).map(Usage::tokensIn),
          usage(run).map(Usage::tokensOut),
          usage(run).map(Usage::tokensCached),
          usage(run).map(Usage::modelMs),
          run.departsAt(),
          run.failure().map(Failure::of));
    }
  }

  private static Optional<Usage> usage(arena.run.Run run) {
    return run.summary().map(arena.run.Run.Summary::usage);
  }

  record Prompt(String version, String sha256) {}

  record Progress(int turnsPlayed, int nTurns) {}

  record Failure(String code, String message) {
    static Failure of(arena.run.Failure failure) {
      return new Failure(
          PlainText.line(failure.code()), PlainText.line(redacted(failure.message())));
    }
  }

  record Profile(
      String name, String model, double temperature, String promptVariant, String answerFormat) {
    static Profile of(arena.run.Profile profile) {
      return new Profile(
          profile.name(),
          profile.model(),
          profile.temperature(),
          profile.promptVariant().label(),
          profile.answerFormat().label());
    }
  }

  /** A mutation as in a request: absent values are omitted. */
  @JsonInclude(NON_EMPTY)
  record Mutation(
      Optional<Double> food,
      Optional<Double> wood,
      Optional<Double> gold,
      Optional<Double> stone,
      Optional<Integer> population,
      Optional<Integer> popCap,
      Optional<String> age) {
    static Mutation of(arena.run.Mutation mutation) {
      return new Mutation(
          mutation.food(),
          mutation.wood(),
          mutation.gold(),
          mutation.stone(),
          mutation.population(),
          mutation.popCap(),
          mutation.age().map(arena.world.Age::label));
    }
  }

  /** How an archived run ended. */
  record Summary(
      RunId runId,
      String profileName,
      double totalCostUsd,
      int nTurns,
      String finalAge,
      int finalAgeIndex,
      int finalPopulation,
      double finalEconomy,
      long tokensIn,
      long tokensOut,
      long tokensCached,
      long modelMs) {
    static Summary of(arena.run.Run run, arena.run.Run.Summary summary) {
      return new Summary(
          run.runId(),
          run.profile().name(),
          summary.totalCostUsd(),
          summary.nTurns(),
          summary.finalAge(),
          summary.score().ageIndex(),
          summary.score().population(),
          summary.score().economy(),
          summary.usage().tokensIn(),
          summary.usage().tokensOut(),
          summary.usage().tokensCached(),
          summary.usage().modelMs());
    }
  }
}
