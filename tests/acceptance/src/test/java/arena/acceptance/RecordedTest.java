package arena.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.local.client.ArenaClient;
import arena.local.client.Envelope;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/**
 * The recorded agent reproduces archived runs of the suite byte for byte, except for their times
 * and ids. It is one of the last tests, so that there are runs of all others.
 */
@Order(Integer.MAX_VALUE - 1)
final class RecordedTest {
  private static final Duration BOUND = Duration.ofSeconds(60);

  /** Whether all runs are played again, with all turns, which takes minutes; else one of a kind. */
  private static final boolean ALL = "all".equals(System.getenv("ARENA_RECORDED"));

  /** Most pages of 100 runs, newest first, from which runs are taken. */
  private static final int PAGES = ALL ? 100 : 5;

  /** Most turns of a run that are played again: its last. */
  private static final int MAX_TURNS = ALL ? Integer.MAX_VALUE : 8;

  /** Number of runs that are played again at a time. */
  private static final int BATCH = 16;

  private final ArenaClient arena = AcceptanceStack.shared().client();

  /** A run that is played again from a turn on. */
  private record Replayed(String parent, int parentT, String child) {}

  /** The bytes of a run's turns from one on, without what may differ. */
  private List<String> turns(String run, int from) {
    List<String> turns = new ArrayList<>();
    for (Envelope event : arena.events(run, 1)) {
      JsonNode fields = event.fields();
      if (fields.path("t").asInt() >= from
          && !List.of("fork", "world_mutation").contains(fields.path("kind").asText())) {
        String payload = event.json().substring(event.json().indexOf("\"payload\":"));
        turns.add(fields.path("agent_id") + " " + fields.path("t") + " " + payload);
      }
    }
    return turns;
  }

  /** Complete runs of the suite: all, or one of each kind. */
  private Collection<JsonNode> runs() {
    Map<String, JsonNode> runs = new LinkedHashMap<>();
    String page = "/runs?limit=100&status=complete";
    for (int i = 0; i < PAGES && !page.isEmpty(); i++) {
      ArenaClient.Answer answer = arena.get(page);
      for (JsonNode run : answer.expect(200)) {
        String model = run.path("model").asText();
        if (run.path("turns_played").asInt() > 0 && !model.equals("recorded")) {
          runs.putIfAbsent(ALL ? run.path("run_id").asText() : kind(run), run);
        }
      }
      page = answer.nextPage().orElse("");
    }
    return runs.values();
  }

  /** What played a run, and whether it is a fork. */
  private static String kind(JsonNode run) {
    return run.path("model").asText()
        + " "
        + run.path("profile_name").asText()
        + " fork: "
        + run.path("parent_run_id").isTextual();
  }

  @Test
  void reproducesArchivedRunsOfTheSuite() {
    PlayedRuns.shared();
    List<String> played = new ArrayList<>();
    for (String profile :
        List.of(
            "{\"name\":\"text\",\"model\":\"openai:any\"}",
            "{\"name\":\"tool\",\"model\":\"openai:any\",\"answer_format\":\"tool\"}",
            "{\"name\":\"schema\",\"model\":\"anthropic:any\",\"answer_format\":\"json_schema\"}",
            "{\"name\":\"tool\",\"model\":\"anthropic:any\",\"answer_format\":\"tool\"}",
            "{\"name\":\"tool\",\"model\":\"bedrock:amazon.nova-any\",\"answer_format\":\"tool\"}",
            "{\"name\":\"bare\",\"model\":\"bedrock:amazon.nova-any\",\"prompt_variant\":\"bare\"}")) {
      played.add(arena.startRun("{\"n_turns\":3,\"profile\":" + profile + "}"));
    }
    played.forEach(run -> arena.awaitEnd(run, BOUND));
    List<JsonNode> runs = List.copyOf(runs());
    assertTrue(runs.stream().map(RecordedTest::kind).distinct().count() >= 8, runs::toString);
    for (int from = 0; from < runs.size(); from += BATCH) {
      List<Replayed> replayed = new ArrayList<>();
      for (JsonNode run : runs.subList(from, Math.min(runs.size(), from + BATCH))) {
        int all = run.path("turns_played").asInt();
        int turns = Math.min(MAX_TURNS, all);
        replayed.add(
            replay(run.path("run_id").asText(), run.path("t0").asInt() + all - turns, turns));
      }
      replayed.forEach(this::assertReproduced);
    }
  }

  private Replayed replay(String parent, int parentT, int turns) {
    String child =
        arena.startFork(
            String.format(
                Locale.ROOT,
                "{\"parent_run_id\":\"%s\",\"parent_t\":%d,\"n_turns\":%d,\"profile\":{\"model\":\"recorded\"}}",
                parent,
                parentT,
                turns));
    return new Replayed(parent, parentT, child);
  }

  private void assertReproduced(Replayed one) {
    JsonNode row = arena.awaitEnd(one.child(), BOUND);
    assertEquals("complete", row.path("status").asText(), row::toString);
    assertTrue(row.path("departs_at").isNull(), row::toString);
    assertEquals(0, row.path("total_cost_usd").asDouble());
    assertEquals(0, row.path("tokens_in").asLong());
    List<String> expected = turns(one.parent(), one.parentT());
    assertFalse(expected.isEmpty());
    assertEquals(expected, turns(one.child(), one.parentT()), one::toString);
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
