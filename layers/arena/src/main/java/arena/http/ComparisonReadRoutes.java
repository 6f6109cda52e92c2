package arena.http;

import arena.comparison.Cell;
import arena.comparison.Comparison;
import arena.comparison.ComparisonId;
import arena.comparison.ComparisonKind;
import arena.comparison.ComparisonPage;
import arena.comparison.ComparisonQueries;
import arena.comparison.ComparisonQueries.By;
import arena.comparison.ComparisonQueries.RunFilter;
import arena.comparison.ComparisonQueue;
import arena.comparison.ComparisonStatus;
import arena.comparison.Comparisons;
import arena.comparison.Design;
import arena.comparison.ResultNotes;
import arena.http.ComparisonJson.Wait;
import arena.json.Json;
import arena.ranking.Entry;
import arena.ranking.Ranking;
import arena.ranking.Standing;
import arena.run.Limits;
import arena.statistics.ArmSummary;
import arena.statistics.Experiments;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Supplier;

/** The routes that read experiments, races and rankings. */
public final class ComparisonReadRoutes {
  /** Number of bootstrap samples of experiments and races, and the default of rankings. */
  static final int SAMPLES = 1_000;

  private final Supplier<ComparisonQueries> queries;
  private final SettledResults<List<ArmSummary>> summaries = new SettledResults<>();
  private final SettledResults<List<Standing>> standings = new SettledResults<>();

  private ComparisonReadRoutes(Supplier<ComparisonQueries> queries) {
    this.queries = queries;
  }

  /** Returns the routes by route key. */
  public static Map<String, Router.Route> over(Supplier<ComparisonQueries> queries) {
    ComparisonReadRoutes routes = new ComparisonReadRoutes(queries);
    return Map.of(
        "GET /experiments", routes::experiments,
        "GET /experiments/{experiment_id}", routes::experiment,
        "GET /races", routes::races,
        "GET /races/{race_id}", routes::race,
        "GET /rankings", routes::rankings);
  }

  private Response experiments(Request request) {
    return list(request, ComparisonKind.EXPERIMENT, ComparisonJson::experimentRow);
  }

  private Response races(Request request) {
    return list(request, ComparisonKind.RACE, ComparisonJson::raceRow);
  }

  private Response list(
      Request request, ComparisonKind kind, BiFunction<Comparison, Wait, JsonNode> row) {
    request.allowQuery("limit", "cursor");
    int limit =
        Math.toIntExact(
            request.integerQuery("limit", 1, Comparisons.MAX_PAGE, Limits.DEFAULT_RUNS_PAGE));
    ComparisonPage page = queries.get().list(kind, limit, request.query("cursor"));
    ArrayNode rows = Json.array();
    Optional<ComparisonQueue> queue = queue(page.comparisons());
    page.comparisons()
        .forEach(comparison -> rows.add(row.apply(comparison, wait(comparison, queue))));
    Response response = Response.of(200, rows);
    return page.next()
        .map(cursor -> NextLink.add(response, request, limit, List.of(), cursor))
        .orElse(response);
  }

  /** Reads the queue if one of these comparisons waits. */
  private Optional<ComparisonQueue> queue(List<Comparison> shown) {
    return shown.stream().anyMatch(ComparisonReadRoutes::waits)
        ? Optional.of(queries.get().queue())
        : Optional.empty();
  }

  private static boolean waits(Comparison comparison) {
    return comparison.status() == ComparisonStatus.WAITING;
  }

  private static Wait wait(Comparison comparison, Optional<ComparisonQueue> queue) {
    return queue.isPresent() && waits(comparison) ? Wait.in(queue.get(), comparison) : Wait.NONE;
  }

  private Wait wait(Comparison comparison) {
    return wait(comparison, queue(List.of(comparison)));
  }

  private Response experiment(Request request) {
    request.allowQuery();
    Comparison experiment =
        find(ComparisonKind.EXPERIMENT, request.pathParameter("experiment_id").orElse(""));
    Design.Experiment design = (Design.Experiment) experiment.design();
    List<Cell> cells = queries.get().cells(experiment);
    List<String> names = design.arms().stream().map(Design.Arm::name).toList();
    return Response.of(
        200,
        ComparisonJson.experiment(
            experiment,
            wait(experiment),
            SAMPLES,
            cells,
            summaries.get(
                experiment.id(),
                cells,
                () ->
                    Experiments.summarize(
                        ComparisonJson.outcomes(design, cells),
                        names.indexOf(design.control()),
                        design.parentT(),
                        design.parentT() + design.nTurns(),
                        experiment.seed(),
                        SAMPLES))));
  }

  private Response race(Request request) {
    request.allowQuery();
    Comparison race = find(ComparisonKind.RACE, request.pathParameter("race_id").orElse(""));
    List<Cell> cells = queries.get().cells(race);
    List<Entry> entries = ComparisonQueries.entries(race, cells, By.PROFILE, RunFilter.ALL);
    List<String> players = race.design().profiles().stream().map(arena.run.Profile::name).toList();
    return Response.of(
        200,
        ComparisonJson.race(
            race,
            wait(race),
            SAMPLES,
            cells,
            standings.get(
                race.id(), cells, () -> Standing.of(entries, players, race.seed(), SAMPLES)),
            ResultNotes.ofRace(race, entries)));
  }

  private Comparison find(ComparisonKind kind, String id) {
    return ComparisonId.parse(id)
        .flatMap(parsed -> queries.get().find(kind, parsed))
        .orElseThrow(
            () ->
                ApiException.notFound(
                    "unknown_comparison", "unknown " + kind.label() + " " + TextLimits.echo(id)));
  }

  private Response rankings(Request request) {
    RankingRequest ranking = RankingRequest.of(request);
    List<Comparison> races =
        ranking.raceIds().stream().map(id -> find(ComparisonKind.RACE, id)).toList();
    List<Entry> entries;
    boolean complete = true;
    if (races.isEmpty()) {
      ComparisonQueries.CatalogEntries runs =
          queries.get().entriesOfRuns(ranking.by(), ranking.filter());
      entries = runs.entries();
      complete = runs.complete();
    } else {
      entries = queries.get().entries(races, ranking.by(), ranking.filter());
    }
    check(ranking, entries);
    Ranking result = Ranking.of(entries, ranking.seed(), ranking.samples());
    int open = (int) races.stream().filter(race -> race.progress().open()).count();
    return Response.of(
        200,
        ComparisonJson.ranking(
            ranking,
            result,
            races.size(),
            entries.size(),
            ResultNotes.ofRanking(result, entries, open, complete)));
  }

  private static void check(RankingRequest ranking, List<Entry> entries) {
    if (entries.isEmpty()) {
      String field = ranking.raceIds().isEmpty() ? "source" : "race_id";
      throw ApiException.unprocessable(
          "empty_ranking",
          "no ended run meets the conditions of the ranking; it needs at least one",
          field,
          Optional.of("at least 1 ended run"));
    }
    atMost("players", Ranking.players(entries), Ranking.MAX_PLAYERS);
    atMost("matches", Ranking.countMatches(entries), Ranking.MAX_MATCHES);
  }

  private static void atMost(String field, long number, int limit) {
    if (number > limit) {
      throw ApiException.invalidField(
          field,
          "at most " + limit,
          String.format(
              Locale.ROOT,
              "%s is %d and must be at most %d; rank fewer races, or one scenario or model",
              field,
              number,
              limit));
    }
  }
}
