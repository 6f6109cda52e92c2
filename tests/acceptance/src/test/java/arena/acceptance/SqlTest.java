package arena.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.json.Json;
import arena.local.sql.Main;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Queries over the archives of the local stack. */
class SqlTest {
  private final AcceptanceStack stack = AcceptanceStack.shared();
  private final PlayedRuns played = PlayedRuns.shared();

  @TempDir Path copies;

  private record Result(int status, String out, String err) {}

  private Result sql(String... arguments) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Path bucket = stack.stack().home().resolve("s3").resolve("arena-bucket");
    int status =
        Main.run(
            bucket,
            copies,
            List.of(arguments),
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8));
    return new Result(
        status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  private List<JsonNode> rows(String query) throws IOException {
    Result result = sql(query, "--json");
    assertEquals(0, result.status(), result.err());
    List<JsonNode> rows = new ArrayList<>();
    for (String line : result.out().lines().toList()) {
      rows.add(Json.read(line));
    }
    return rows;
  }

  @Test
  void computesTheSummariesOfTheHttpInterface() throws IOException {
    int compared = 0;
    List<JsonNode> summaries = new ArrayList<>();
    stack.client().get("/runs/summaries?limit=100").expect(200).forEach(summaries::add);
    Map<String, List<JsonNode>> runs =
        rows("select * from runs").stream()
            .collect(Collectors.groupingBy(row -> row.path("run_id").asText()));
    for (JsonNode summary : summaries) {
      String runId = summary.path("run_id").asText();
      List<JsonNode> rows = runs.getOrDefault(runId, List.of());
      if (summary.path("final_age").asText().isEmpty() && rows.isEmpty()) {
        continue; // it ended before its first event
      }
      assertEquals(1, rows.size(), runId);
      JsonNode row = rows.getFirst();
      if (summary.path("final_age").asText().isEmpty()) {
        assertTrue(row.path("final_age").isNull(), runId + " ended before its first turn");
        continue;
      }
      for (String field : List.of("n_turns", "final_age", "final_population")) {
        assertEquals(summary.path(field).asText(), row.path(field).asText(), runId + " " + field);
      }
      for (String field : List.of("total_cost_usd", "final_economy")) {
        assertEquals(summary.path(field).asDouble(), row.path(field).asDouble(), runId + field);
      }
      compared++;
    }
    assertTrue(compared >= 2);
  }

  @Test
  void knowsAForkByItsParentAndMutation() throws IOException {
    JsonNode fork = rows("select * from runs where run_id = '" + played.fork() + "'").getFirst();
    assertEquals(played.parent(), fork.path("parent_run_id").asText());
    assertEquals("scripted-strategy", fork.path("profile_name").asText());
    assertEquals(2, fork.path("parent_t").asInt());
    assertTrue(fork.path("mutation").asText().startsWith("food="), fork::toString);
  }

  @Test
  void hasARowForEachTurnAndEvent() throws IOException {
    String of = " where run_id = '" + played.parent() + "'";
    // the closing turn_start too
    assertEquals(6, rows("select count(*) as n from turns" + of).getFirst().path("n").asInt());
    JsonNode run = stack.client().get("/runs/" + played.parent()).expect(200);
    assertEquals(
        run.path("n_events").asInt(),
        rows("select count(*) as n from events" + of).getFirst().path("n").asInt());
  }

  @Test
  void hasARowForEachCellOfAnExperimentAndARace() throws IOException {
    PlayedComparisons comparisons = PlayedComparisons.shared();
    JsonNode race = stack.client().get("/races/" + comparisons.race()).expect(200);
    List<JsonNode> cells =
        rows("select * from races where race_id = '" + comparisons.race() + "' order by cell");
    assertEquals(race.path("cells").size(), cells.size());
    for (int i = 0; i < cells.size(); i++) {
      JsonNode expected = race.path("cells").get(i);
      for (String field : List.of("run_id", "status", "profile", "scenario", "failure")) {
        assertEquals(expected.path(field), cells.get(i).path(field), field + " of cell " + i);
      }
    }
    JsonNode experiment =
        stack.client().get("/experiments/" + comparisons.experiment()).expect(200);
    int replicas = 0;
    for (JsonNode arm : experiment.path("arms")) {
      replicas += arm.path("cells").size();
    }
    assertEquals(
        replicas,
        rows("select * from experiments where experiment_id = '" + comparisons.experiment() + "'")
            .size());
  }

  @Test
  void hasViewsOfExperimentsAndRacesWithoutAny() throws IOException {
    assertEquals(List.of(), rows("select * from experiments where experiment_id = 'none'"));
    assertEquals(List.of(), rows("select * from races where race_id = 'none'"));
  }

  @Test
  void printsATableAndCsv() throws IOException {
    String query = "select 1 as n, 'a,\u001b[8mb' as text";
    assertEquals("n  text\n1  a,\ufffd[8mb\n", sql(query).out());
    assertEquals("n,text\r\n1,\"a,\u001b[8mb\"\r\n", sql(query, "--csv").out());
  }

  @Test
  void explainsWhatIsWrong() throws IOException {
    Result unknown = sql("select nothing from runs");
    assertEquals(1, unknown.status());
    assertTrue(unknown.err().contains("nothing"), unknown.err());
    assertEquals(2, sql().status());
    assertEquals(2, sql("select 1", "--xml").status());
    assertEquals(2, sql("select 1", "--bucket", "No Bucket").status());
  }
}
