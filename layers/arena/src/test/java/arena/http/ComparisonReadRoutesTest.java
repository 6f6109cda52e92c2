package arena.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.access.Principal;
import arena.comparison.Budget;
import arena.comparison.Cell;
import arena.comparison.CellOutcome;
import arena.comparison.Comparison;
import arena.comparison.ComparisonId;
import arena.comparison.ComparisonQueries;
import arena.comparison.ComparisonStatus;
import arena.comparison.Design;
import arena.comparison.StopReason;
import arena.run.Failure;
import arena.run.Mutation;
import arena.run.Profile;
import arena.run.Prompt;
import arena.run.PromptVariant;
import arena.run.Run;
import arena.run.RunId;
import arena.world.Scenario;
import arena.world.Score;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPResponse;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The responses of the routes that read experiments, races and rankings. */
class ComparisonReadRoutesTest {
  private static final String APPROXIMATE =
      " Rating intervals of two players, or from fewer than 10 rounds, are approximate: they contain"
          + " the true rating in 90 to 100 % of rankings instead of 95 %.";
  private static final Instant NOON = Instant.parse("2026-01-31T12:00:00.123456Z");
  private static final ComparisonId EXPERIMENT = id(1);
  private static final ComparisonId RACE = id(2);
  private static final RunId PARENT = RunId.of("a".repeat(32));
  private static final Profile STRONG = profile("strong", "openai:large", 0.5);
  private static final Profile WEAK = profile("weak", "openai:small", 0.5);
  private static final Profile OLD = profile("old", "openai:small", 0.5);

  private final InMemoryStores stores = new InMemoryStores();
  private final InMemoryComparisons comparisons = new InMemoryComparisons();

  private static ComparisonId id(int number) {
    return ComparisonId.of(Integer.toHexString(number).repeat(32));
  }

  private static Profile profile(String name, String model, double temperature) {
    return new Profile(name, model, temperature, PromptVariant.STRATEGY);
  }

  private static Design.Race raceOf(int rounds, Profile... profiles) {
    return new Design.Race(
        List.of(profiles), List.of(Scenario.BALANCED, Scenario.FOOD_POOR), rounds, 30);
  }

  private static Comparison comparison(
      ComparisonId id, Design design, ComparisonStatus status, List<Cell> cells) {
    Comparison.Counts counts =
        new Comparison.Counts(
            count(cells, Cell.State.PLANNED),
            count(cells, Cell.State.RUNNING),
            count(cells, Cell.State.COMPLETE),
            count(cells, Cell.State.FAILED),
            count(cells, Cell.State.NOT_STARTED));
    return new Comparison(
        id,
        "a label",
        NOON,
        design,
        new Budget(Optional.of(2.5), Optional.empty()),
        42,
        new Comparison.Progress(
            status,
            Optional.empty(),
            status == ComparisonStatus.WAITING ? Optional.of(id(9)) : Optional.empty(),
            0,
            status.startsCells(),
            counts,
            0.75,
            true,
            300));
  }

  private static int count(List<Cell> cells, Cell.State state) {
    return (int) cells.stream().filter(cell -> cell.state() == state).count();
  }

  private static Cell ended(ComparisonId id, Design design, int number, CellOutcome outcome) {
    return new Cell(
        design.cell(number),
        id.runOf(number),
        outcome.state(),
        Optional.empty(),
        Optional.of(NOON),
        Optional.of(NOON),
        Optional.of(outcome));
  }

  private static Cell notEnded(
      ComparisonId id, Design design, int number, Cell.State state, Optional<StopReason> reason) {
    return new Cell(
        design.cell(number),
        id.runOf(number),
        state,
        reason,
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  private static CellOutcome outcome(double economy) {
    return new CellOutcome(
        "Feudal Age", new Score(1, 22, economy), Optional.of(14), 10, 0.01, true, Optional.empty());
  }

  private static CellOutcome failed() {
    return CellOutcome.failed(new Failure("ModelRefused", "bad key"));
  }

  private static Design.Experiment experiment(int replicas) {
    return new Design.Experiment(
        PARENT,
        3,
        "balanced",
        Scenario.BALANCED.start(),
        List.of(
            new Design.Arm("as it was", Mutation.NONE, WEAK),
            new Design.Arm("stronger", Mutation.NONE, STRONG)),
        "as it was",
        replicas,
        10);
  }

  private void addExperiment(int replicas, int ended) {
    Design.Experiment design = experiment(replicas);
    List<Cell> cells = new ArrayList<>();
    for (int number = 0; number < design.cells(); number++) {
      boolean stronger = number % 2 == 1;
      cells.add(
          number < ended
              ? ended(EXPERIMENT, design, number, outcome((stronger ? 900 : 100) + number))
              : notEnded(EXPERIMENT, design, number, Cell.State.PLANNED, Optional.empty()));
    }
    ComparisonStatus status =
        ended < design.cells() ? ComparisonStatus.RUNNING : ComparisonStatus.COMPLETE;
    comparisons.add(comparison(EXPERIMENT, design, status, cells), cells);
  }

  /** A race in which the first profile beats the others, and the last one fails in two rounds. */
  private void addRace(ComparisonId id, Design.Race design, int ended, ComparisonStatus status) {
    List<Cell> cells = new ArrayList<>();
    int players = design.profiles().size();
    for (int number = 0; number < design.cells(); number++) {
      int player = number % players;
      if (number < ended) {
        boolean fails = player == players - 1 && number < 2 * players;
        cells.add(
            ended(
                id, design, number, fails ? failed() : outcome(1000 - 100 * player + number % 7)));
      } else if (status.startsCells()) {
        cells.add(notEnded(id, design, number, Cell.State.PLANNED, Optional.empty()));
      } else {
        cells.add(
            notEnded(id, design, number, Cell.State.NOT_STARTED, Optional.of(StopReason.BUDGET)));
      }
    }
    comparisons.add(comparison(id, design, status, cells), cells);
  }

  private APIGatewayV2HTTPResponse get(
      String route, Map<String, String> path, Map<String, String> query) {
    return new Router(ComparisonReadRoutes.over(() -> new ComparisonQueries(comparisons, stores)))
        .handle(
            APIGatewayV2HTTPEvent.builder()
                .withRouteKey("GET " + route)
                .withRawPath(route)
                .withPathParameters(path)
                .withQueryStringParameters(query)
                .withRequestContext(Callers.context(Principal.LOCAL))
                .build(),
            "-");
  }

  private JsonNode read(String route, Map<String, String> path, Map<String, String> query)
      throws Exception {
    APIGatewayV2HTTPResponse response = get(route, path, query);
    assertEquals(200, response.getStatusCode(), response.getBody());
    return JsonMapper.builder().build().readTree(response.getBody());
  }

  private JsonNode experimentJson() throws Exception {
    return read(
        "/experiments/{experiment_id}", Map.of("experiment_id", EXPERIMENT.value()), Map.of());
  }

  private JsonNode raceJson() throws Exception {
    return read("/races/{race_id}", Map.of("race_id", RACE.value()), Map.of());
  }

  private JsonNode ranking(Map<String, String> query) throws Exception {
    return read("/rankings", Map.of(), query);
  }

  private static List<String> texts(JsonNode array, String field) {
    List<String> texts = new ArrayList<>();
    array.forEach(one -> texts.add(one.get(field).textValue()));
    return texts;
  }

  @Test
  void listsExperimentsAsRows() throws Exception {
    addExperiment(3, 4);
    assertEquals(
        "[{\"experiment_id\":\""
            + EXPERIMENT
            + "\",\"label\":\"a label\",\"status\":\"running\","
            + "\"created_at\":\"2026-01-31T12:00:00.123456Z\",\"parent_run_id\":\""
            + PARENT
            + "\",\"parent_t\":3,\"n_turns\":10,\"replicas\":3,"
            + "\"arms\":[\"as it was\",\"stronger\"],"
            + "\"cells\":{\"planned\":2,\"running\":0,\"complete\":4,\"failed\":0,"
            + "\"not_started\":0},\"cost_usd\":0.75,\"cost_known\":true,"
            + "\"budget\":{\"usd\":2.5,\"turns\":null},\"waits_for\":null,\"position\":null}]",
        read("/experiments", Map.of(), Map.of()).toString());
  }

  @Test
  void pagesOfAListAreLinked() throws Exception {
    addRace(id(3), raceOf(1, STRONG, WEAK), 4, ComparisonStatus.COMPLETE);
    addRace(id(4), raceOf(1, STRONG, WEAK), 0, ComparisonStatus.WAITING);
    APIGatewayV2HTTPResponse first = get("/races", Map.of(), Map.of("limit", "1"));
    assertEquals("</races?limit=1&cursor=1>; rel=\"next\"", first.getHeaders().get("link"));
    assertTrue(first.getBody().contains("\"waits_for\":\"" + id(9) + "\""), first.getBody());
    assertTrue(first.getBody().contains("\"position\":1"), first.getBody());
    JsonNode second = read("/races", Map.of(), Map.of("limit", "1", "cursor", "1"));
    assertEquals(List.of(id(3).value()), texts(second, "race_id"));
    assertEquals(422, get("/races", Map.of(), Map.of("cursor", "no cursor")).getStatusCode());
  }

  @Test
  void comparesArmsWithTheControl() throws Exception {
    addExperiment(8, 16);
    JsonNode json = experimentJson();
    assertEquals(42, json.get("seed").intValue());
    JsonNode control = json.get("arms").get(0);
    JsonNode stronger = json.get("arms").get(1);
    assertTrue(control.get("control").booleanValue());
    assertTrue(control.get("versus_control").isNull());
    assertEquals(8, stronger.get("cells").size());
    assertEquals(
        "{\"cell\":1,\"replica\":0,\"run_id\":\""
            + EXPERIMENT.runOf(1)
            + "\",\"status\":\"complete\",\"reason\":null,\"final_age\":\"Feudal Age\","
            + "\"feudal_t\":14,\"population\":22,\"economy\":901.0,\"cost_usd\":0.01,"
            + "\"failure\":null}",
        stronger.get("cells").get(0).toString());
    JsonNode versus = stronger.get("versus_control");
    assertEquals("better", versus.get("verdict").textValue());
    assertEquals(1, versus.get("win_probability").get("value").doubleValue());
    assertEquals(801, versus.get("differences").get("economy").get("value").doubleValue());
    assertTrue(versus.get("differences").get("economy").get("low").doubleValue() > 790);
    assertTrue(versus.get("p_adjusted").doubleValue() < 0.001);
    assertEquals(11, stronger.get("feudal_by_turn").size());
    assertEquals(3, stronger.get("feudal_by_turn").get(0).get("t").intValue());
    assertEquals(0, stronger.get("feudal_by_turn").get(0).get("value").doubleValue());
    assertEquals(json, experimentJson(), "the same again from the seed");
  }

  @Test
  void anExperimentWithoutAnEndedRunHasNoEstimates() throws Exception {
    addExperiment(2, 0);
    JsonNode arm = experimentJson().get("arms").get(1);
    assertTrue(arm.get("economy").isNull());
    assertTrue(arm.get("versus_control").isNull());
    assertTrue(arm.get("cells").get(0).get("run_id").isNull());
    assertEquals("planned", arm.get("cells").get(0).get("status").textValue());
  }

  @Test
  void standingsOfARunningRaceAreOfItsEndedRuns() throws Exception {
    addRace(RACE, raceOf(5, WEAK, STRONG, OLD), 12, ComparisonStatus.RUNNING);
    JsonNode json = raceJson();
    assertEquals(30, json.get("cells").size());
    assertEquals(18, json.get("cell_counts").get("planned").intValue());
    JsonNode standings = json.get("standings");
    assertEquals(List.of("weak", "strong", "old"), texts(standings, "profile"));
    assertEquals(4, standings.get(0).get("played").intValue());
    assertEquals(8, standings.get(0).get("wins").intValue());
    assertTrue(standings.get(0).get("rating").get("low").isNumber());
    assertEquals(2, standings.get(2).get("failed").intValue());
    assertEquals(
        "18 of 30 runs have not ended yet. 2 runs failed and count as losses: old (2)."
            + APPROXIMATE,
        json.get("note").textValue());
    assertEquals("failed", json.get("cells").get(2).get("status").textValue());
    assertEquals("ModelRefused", json.get("cells").get(2).get("failure").textValue());
    assertTrue(json.get("cells").get(2).get("final_age").isNull());
  }

  @Test
  void standingsSayThatTheBudgetIsSpent() throws Exception {
    addRace(RACE, raceOf(5, WEAK, STRONG), 12, ComparisonStatus.BUDGET_SPENT);
    JsonNode json = raceJson();
    assertTrue(
        json.get("note")
            .textValue()
            .startsWith("The budget is spent: 8 of 20 runs were not started."),
        json.get("note").textValue());
    assertEquals("not_started", json.get("cells").get(19).get("status").textValue());
    assertEquals("budget", json.get("cells").get(19).get("reason").textValue());
  }

  @Test
  void aRaceWithoutAnEndedRunHasStandingsWithoutRatings() throws Exception {
    addRace(RACE, raceOf(5, WEAK, STRONG), 0, ComparisonStatus.RUNNING);
    JsonNode standings = raceJson().get("standings");
    assertEquals(2, standings.size());
    assertTrue(standings.get(0).get("rating").isNull());
    assertEquals(0, standings.get(0).get("played").intValue());
  }

  @Test
  void namesProfilesThatRepeatTheirResult() throws Exception {
    Design.Race design = raceOf(3, profile("scripted-a", "scripted", 0), WEAK);
    List<Cell> cells =
        IntStream.range(0, design.cells())
            .mapToObj(
                number ->
                    ended(RACE, design, number, outcome(number % 2 == 0 ? 500 : 400 + number)))
            .toList();
    comparisons.add(comparison(RACE, design, ComparisonStatus.COMPLETE, cells), cells);
    assertEquals(
        "All runs have ended. scripted-a had the same result in every round of a scenario, so that"
            + " further rounds show nothing new about it."
            + APPROXIMATE,
        raceJson().get("note").textValue());
  }

  @Test
  void ranksOverSeveralRaces() throws Exception {
    addRace(id(3), raceOf(3, STRONG, WEAK), 12, ComparisonStatus.COMPLETE);
    addRace(id(4), raceOf(3, WEAK, OLD), 8, ComparisonStatus.RUNNING);
    JsonNode json = ranking(Map.of("race_id", id(3) + "," + id(4), "seed", "5"));
    assertEquals(2, json.get("races").intValue());
    assertEquals(20, json.get("runs").intValue());
    assertEquals(10, json.get("matches").intValue());
    assertEquals(5, json.get("seed").intValue());
    assertEquals(1000, json.get("samples").intValue());
    JsonNode component = json.get("components").get(0);
    assertEquals(List.of("strong", "weak", "old"), texts(component.get("players"), "player"));
    assertTrue(component.get("win_probability").get(0).get(2).doubleValue() > 0.9);
    assertEquals(List.of("balanced", "food-poor"), texts(json.get("scenarios"), "scenario"));
    assertTrue(
        json.get("note").textValue().startsWith("One race has not ended"),
        json.get("note").textValue());
  }

  @Test
  void reportsPlayersThatNoRaceConnects() throws Exception {
    addRace(id(3), raceOf(2, STRONG, WEAK), 8, ComparisonStatus.COMPLETE);
    addRace(id(4), raceOf(2, OLD, profile("new", "scripted", 0)), 8, ComparisonStatus.COMPLETE);
    JsonNode json = ranking(Map.of("race_id", id(3) + "," + id(4)));
    assertEquals(2, json.get("components").size());
    assertTrue(
        json.get("note").textValue().contains("in 2 groups without a match between them"),
        json.get("note").textValue());
  }

  @Test
  void ranksModelsAndFilters() throws Exception {
    addRace(RACE, raceOf(2, STRONG, WEAK, OLD), 12, ComparisonStatus.COMPLETE);
    JsonNode models = ranking(Map.of("race_id", RACE.value(), "by", "model", "samples", "0"));
    assertEquals(
        List.of("openai:large", "openai:small"),
        texts(models.get("components").get(0).get("players"), "player"));
    assertEquals(8, models.get("matches").intValue(), "the two of one model do not meet");
    assertTrue(
        models.get("components").get(0).get("players").get(0).get("rating").get("low").isNull());
    JsonNode one = ranking(Map.of("race_id", RACE.value(), "scenario", "food-poor"));
    assertEquals(6, one.get("runs").intValue());
    JsonNode small = ranking(Map.of("race_id", RACE.value(), "model", "openai:small"));
    assertEquals(
        List.of("weak", "old"), texts(small.get("components").get(0).get("players"), "player"));
    assertEquals(
        422,
        get("/rankings", Map.of(), Map.of("race_id", RACE.value(), "from", "2026-02-01"))
            .getStatusCode());
    assertEquals(
        12,
        ranking(Map.of("race_id", RACE.value(), "from", "2026-01-31", "to", "2026-02-01"))
            .get("runs")
            .intValue());
  }

  private void addRun(
      int number, Profile profile, int turns, double economy, boolean failed, Run.Origin origin) {
    RunId runId = RunId.of(String.format(Locale.ROOT, "%032x", number));
    Instant at = NOON.plus(Duration.ofMinutes(number));
    Run run =
        new Run(
            runId,
            "a label",
            at,
            new Run.Plan(
                profile,
                new Prompt("strategy-2", "0123456789abcdef"),
                "balanced",
                0,
                turns,
                origin),
            new Run.Progress(3, 2, at, at),
            Run.Outcome.RUNNING);
    stores.add(
        failed
            ? run.withFailure(new Failure("ModelRefused", "bad key"), at)
            : run.withArchive(
                "s3://bucket/x",
                new Run.Summary(0.25, turns, "Feudal Age", new Score(1, 22, economy)),
                at),
        List.of());
  }

  @Test
  void ranksRunsOfTheCatalogThatAreNotForks() throws Exception {
    for (int round = 0; round < 3; round++) {
      addRun(10 * round, STRONG, 30, 900 + round, false, null);
      addRun(10 * round + 1, WEAK, 30, 500 + round, false, null);
    }
    addRun(50, OLD, 30, 0, true, null);
    addRun(60, OLD, 20, 9_999, false, null); // another number of turns
    addRun(61, OLD, 30, 9_999, false, new Run.Origin(PARENT, 4, Mutation.NONE, "")); // a fork
    JsonNode json = ranking(Map.of("source", "runs"));
    assertEquals(0, json.get("races").intValue());
    assertEquals(8, json.get("runs").intValue());
    assertEquals(3 + 2, json.get("matches").intValue());
    assertEquals(1, json.get("failed_runs").intValue());
    JsonNode players = json.get("components").get(0).get("players");
    assertEquals(List.of("strong", "weak", "old"), texts(players, "player"));
    assertEquals(
        0,
        get("/rankings", Map.of(), Map.of("source", "runs", "prompt_version", "bare-1"))
            .getBody()
            .indexOf("{\"error\":{\"code\":\"empty_ranking\""));
    assertEquals(
        8,
        ranking(Map.of("source", "runs", "prompt_version", "strategy-2")).get("runs").intValue());
    assertEquals(
        2,
        ranking(Map.of("source", "runs", "from", "2026-01-31T12:45:00Z")).get("runs").intValue());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''                                              | race_id        | source=runs",
        "race_id=2,source=runs                           | race_id        | source=runs",
        "source=races                                    | source         | runs",
        "source=runs,samples=2001                        | samples        | 0 to 2000",
        "source=runs,seed=9007199254740992               | seed           | 9007199254740991",
        "source=runs,seed=-1                             | seed           | 0 to",
        "source=runs,by=team                             | by             | profile, model",
        "source=runs,scenario=desert                     | scenario       | balanced",
        "source=runs,from=yesterday                      | from           | a date",
        "source=runs,from=2026-02-01,to=2026-02-01       | to             | later than from",
        "source=runs,model=                              | model          | 1 to 200",
        "race_id=2,prompt_version=strategy-2             | prompt_version | source=runs",
        "source=runs,limit=3                             | limit          | one of",
        "source=runs                                     | source         | at least 1",
      })
  void namesTheFieldAndTheLimitOfABadRanking(String query, String field, String limit)
      throws Exception {
    Map<String, String> parameters = new HashMap<>();
    if (!query.isEmpty()) {
      for (String one : query.split(",", -1)) {
        String[] parts = one.split("=", 2);
        parameters.put(parts[0], parts[1].equals("2") ? RACE.value() : parts[1]);
      }
    }
    APIGatewayV2HTTPResponse response = get("/rankings", Map.of(), parameters);
    assertEquals(422, response.getStatusCode(), response.getBody());
    JsonNode error = JsonMapper.builder().build().readTree(response.getBody()).get("error");
    assertEquals(field, error.get("field").textValue());
    assertTrue(error.get("limit").textValue().contains(limit), response.getBody());
  }

  @Test
  void rejectsMoreRacesAndPlayersThanTheLimits() throws Exception {
    String many = String.join(",", Collections.nCopies(21, RACE.value()));
    APIGatewayV2HTTPResponse races = get("/rankings", Map.of(), Map.of("race_id", many));
    assertEquals(422, races.getStatusCode());
    assertTrue(races.getBody().contains("\"limit\":\"1 to 20 races\""), races.getBody());
    for (int number = 0; number < 101; number++) {
      addRun(number, profile("p" + number, "scripted", 0), 30, number, false, null);
    }
    APIGatewayV2HTTPResponse players = get("/rankings", Map.of(), Map.of("source", "runs"));
    assertEquals(422, players.getStatusCode());
    assertTrue(
        players.getBody().contains("players is 101 and must be at most 100"), players.getBody());
  }

  @Test
  void unknownComparisonsAreNotFound() {
    addExperiment(1, 2);
    for (String id : List.of(id(8).value(), "no-id", EXPERIMENT.value())) {
      assertEquals(
          404, get("/races/{race_id}", Map.of("race_id", id), Map.of()).getStatusCode(), id);
      assertEquals(404, get("/rankings", Map.of(), Map.of("race_id", id)).getStatusCode(), id);
    }
    assertEquals(
        404,
        get("/experiments/{experiment_id}", Map.of("experiment_id", RACE.value()), Map.of())
            .getStatusCode());
  }
}
