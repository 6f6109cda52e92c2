package arena.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.local.client.ArenaClient;
import arena.local.client.Envelope;
import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills the whole stack while it plays a race, and starts it again: every cell is played once. With
 * all faults ({@code ./arena faults}) at the size of a usual race, killed at four moments.
 */
final class KilledRaceTest {
  private static final boolean ALL = Boolean.getBoolean("arena.faults.all");
  private static final int ROUNDS = ALL ? 5 : 1;
  private static final int TURNS = ALL ? 30 : 3;
  private static final int CELLS = 16 * ROUNDS;

  /** The default of the template's parameter ComparisonConcurrency. */
  private static final int CONCURRENCY = 10;

  private static final Duration BOUND = Duration.ofMinutes(6);
  private static final Duration POLL_INTERVAL = Duration.ofMillis(100);
  private static final List<String> AGES =
      List.of("Dark Age", "Feudal Age", "Castle Age", "Imperial Age");

  @TempDir Path home;

  @Test
  void playsEveryCellOnce() {
    try (ProcessStack stack = new ProcessStack(home)) {
      Race race = Race.start(stack.client(), "");
      if (ALL) {
        race.await("a cell was started", row -> count(row, "running") > 0);
        restart(stack);
        race.await("a quarter of the cells", row -> count(row, "complete") >= CELLS / 4);
        race.await("a run is finalized", _ -> race.hasRunWithoutArchive());
        restart(stack);
      }
      race.await("the last cells", row -> count(row, "complete") >= CELLS - CONCURRENCY / 2);
      restart(stack);
      race.await("the end", row -> row.get("status").textValue().equals("complete"));

      assertEquals(CELLS, race.assertPlayedOnce());
      race.assertStandings();
    }
  }

  @Test
  void keepsTheBudget() {
    try (ProcessStack stack = new ProcessStack(home)) {
      int affordable = CELLS / 2;
      Race race =
          Race.start(
              stack.client(),
              String.format(Locale.ROOT, ",\"budget\":{\"turns\":%d}", affordable * TURNS));
      race.await(
          "the budget is nearly spent", row -> count(row, "complete") >= affordable - CONCURRENCY);
      restart(stack);
      race.await(
          "the end of the runs that were being played",
          row ->
              row.get("status").textValue().equals("budget_spent") && count(row, "running") == 0);

      int played = race.assertPlayedOnce();
      assertTrue(
          played >= affordable && played < affordable + CONCURRENCY, "cells played: " + played);
      race.assertStandings();
    }
  }

  private static void restart(ProcessStack stack) {
    stack.kill();
    stack.start();
  }

  private static int count(JsonNode row, String state) {
    return row.get("cell_counts").get(state).intValue();
  }

  /** A race of four scripted profiles in four scenarios. */
  private record Race(ArenaClient client, String id) {
    static Race start(ArenaClient client, String budget) {
      String body =
          String.format(
              Locale.ROOT,
              """
              {"profiles":[{"name":"usual"},{"name":"boom","model":"scripted:boom"},
                           {"name":"rush","model":"scripted:rush"},
                           {"name":"idle","model":"scripted:idle"}],
               "rounds":%d,"n_turns":%d,"label":"killed race"%s}
              """,
              ROUNDS,
              TURNS,
              budget);
      return new Race(client, client.post("/races", body).expect(202).get("race_id").textValue());
    }

    JsonNode read() {
      return client.get("/races/" + id).expect(200);
    }

    void await(String moment, Predicate<JsonNode> reached) {
      Instant deadline = Instant.now().plus(BOUND);
      for (JsonNode row = read(); !reached.test(row); row = read()) {
        if (Instant.now().isAfter(deadline)) {
          throw new AssertionError("not within " + BOUND + ": " + moment + " of " + row);
        }
        LockSupport.parkNanos(POLL_INTERVAL.toNanos());
      }
    }

    /** Whether a run of the race has played its turns and has no archive. */
    boolean hasRunWithoutArchive() {
      for (JsonNode run : client.get("/runs?limit=50").expect(200)) {
        if (run.get("label").textValue().endsWith("killed race")
            && run.get("db_path").textValue().isEmpty()
            && run.get("turns_played").intValue() == TURNS) {
          return true;
        }
      }
      return false;
    }

    /**
     * Asserts that each cell was either played once and completely, or not started.
     *
     * @return the number of cells that were played
     */
    int assertPlayedOnce() {
      Set<String> ids = new HashSet<>();
      for (JsonNode cell : read().get("cells")) {
        if (cell.get("status").textValue().equals("not_started")) {
          assertEquals("budget", cell.get("reason").textValue());
          continue;
        }
        assertEquals("complete", cell.get("status").textValue(), cell::toString);
        String run = cell.get("run_id").textValue();
        assertTrue(ids.add(run), () -> "a run of two cells: " + cell);
        assertEveryTurnPlayedOnce(run);
      }
      assertEquals(ids, runsOfRace());
      return ids.size();
    }

    private void assertEveryTurnPlayedOnce(String run) {
      List<Envelope> events = client.events(run, 1);
      assertEquals(
          IntStream.rangeClosed(1, events.size()).boxed().toList(),
          events.stream().map(event -> (int) event.seq()).toList());
      assertEquals(
          IntStream.range(0, TURNS).boxed().toList(),
          events.stream()
              .map(Envelope::fields)
              .filter(event -> event.get("kind").textValue().equals("llm_response"))
              .map(event -> event.get("t").intValue())
              .toList());
    }

    /** The runs that carry the race's label, with those that no cell refers to. */
    private Set<String> runsOfRace() {
      Set<String> ids = new HashSet<>();
      Optional<String> page = Optional.of("/runs?limit=100");
      while (page.isPresent()) {
        ArenaClient.Answer answer = client.get(page.get());
        for (JsonNode run : answer.expect(200)) {
          if (run.get("label").textValue().endsWith("killed race")) {
            ids.add(run.get("run_id").textValue());
          }
        }
        page = answer.nextPage();
      }
      return ids;
    }

    /** Counts the matches from the cells, without the product's code, and compares. */
    void assertStandings() {
      JsonNode race = read();
      List<JsonNode> played = new ArrayList<>();
      for (JsonNode cell : race.get("cells")) {
        if (cell.get("status").textValue().equals("complete")) {
          played.add(cell);
        }
      }
      double last = Double.POSITIVE_INFINITY;
      for (JsonNode standing : race.get("standings")) {
        int[] matches = matches(standing.get("profile").textValue(), played);
        assertEquals(
            List.of(matches[2], matches[1], matches[0]),
            List.of(
                standing.get("wins").intValue(),
                standing.get("ties").intValue(),
                standing.get("losses").intValue()),
            standing::toString);
        double rating = standing.get("rating").get("value").doubleValue();
        assertTrue(rating <= last, () -> "not sorted: " + race.get("standings"));
        last = rating;
      }
    }

    /** The losses, ties and wins of a profile. */
    private static int[] matches(String profile, List<JsonNode> played) {
      int[] counts = new int[3];
      for (JsonNode cell : played) {
        for (JsonNode other : played) {
          if (cell.get("profile").textValue().equals(profile)
              && !other.get("profile").equals(cell.get("profile"))
              && other.get("scenario").equals(cell.get("scenario"))
              && other.get("round").equals(cell.get("round"))) {
            counts[1 + Integer.signum(SCORE.compare(cell, other))]++;
          }
        }
      }
      return counts;
    }

    private static final Comparator<JsonNode> SCORE =
        Comparator.comparingInt((JsonNode cell) -> AGES.indexOf(cell.get("final_age").textValue()))
            .thenComparingInt(cell -> cell.get("population").intValue())
            .thenComparingDouble(cell -> cell.get("economy").doubleValue());
  }
}
