package arena.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.local.client.ArenaClient;
import arena.local.client.Envelope;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** The recorded agent reproduces archived runs of the suite, except for their times and ids. */
final class RecordedTest {
  private static final Duration BOUND = Duration.ofSeconds(60);

  private final ArenaClient arena = AcceptanceStack.shared().client();

  /** The turns of a run, without what may differ. */
  private List<String> turns(String run) {
    List<String> turns = new ArrayList<>();
    for (Envelope event : arena.events(run, 1)) {
      JsonNode fields = event.fields();
      if (!List.of("fork", "world_mutation").contains(fields.path("kind").asText())) {
        turns.add(fields.path("agent_id") + " " + fields.path("t") + " " + fields.path("payload"));
      }
    }
    return turns;
  }

  @Test
  void reproducesArchivedRunsOfTheSuite() {
    PlayedRuns.shared();
    String modelled =
        arena.startRun("{\"n_turns\":3,\"profile\":{\"model\":\"openai:any\",\"name\":\"any\"}}");
    arena.awaitEnd(modelled, BOUND);
    // The newest runs, whichever tests they are of, and one of each kind.
    List<JsonNode> runs = new ArrayList<>();
    arena.get("/runs?limit=20&status=complete").expect(200).forEach(runs::add);
    for (String run : List.of(PlayedRuns.shared().parent(), PlayedRuns.shared().fork(), modelled)) {
      runs.add(arena.get("/runs/" + run).expect(200));
    }
    for (JsonNode run : runs) {
      int turns = run.path("turns_played").asInt();
      if (turns > 0) {
        reproduce(run.path("run_id").asText(), run.path("t0").asInt(), turns);
      }
    }
  }

  private void reproduce(String parent, int t0, int turns) {
    String child =
        arena.startFork(
            String.format(
                Locale.ROOT,
                "{\"parent_run_id\":\"%s\",\"parent_t\":%d,\"n_turns\":%d,\"profile\":{\"model\":\"recorded\"}}",
                parent,
                t0,
                turns));
    JsonNode row = arena.awaitEnd(child, BOUND);
    assertEquals("complete", row.path("status").asText(), row::toString);
    assertTrue(row.path("departs_at").isNull(), row::toString);
    assertEquals(0, row.path("total_cost_usd").asDouble());
    assertEquals(0, row.path("tokens_in").asLong());
    assertFalse(turns(parent).isEmpty());
    assertEquals(turns(parent), turns(child), parent);
  }

  @Test
  void rejectsTurnsThatTheParentHasNotPlayed() {
    JsonNode error =
        arena
            .post(
                "/forks",
                "{\"parent_run_id\":\"%s\",\"parent_t\":1,\"n_turns\":5,\"profile\":{\"model\":\"recorded\"}}"
                    .formatted(PlayedRuns.shared().parent()))
            .expect(422)
            .path("error");
    assertEquals("n_turns", error.path("field").asText());
    assertEquals("0 to 4", error.path("limit").asText());
    JsonNode started =
        arena.post("/runs", "{\"profile\":{\"model\":\"recorded\"}}").expect(422).path("error");
    assertEquals("profile.model", started.path("field").asText());
  }
}
