package arena.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.local.client.ArenaClient;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Reads an experiment and a race that were played on the stack, and ranks them. */
class ComparisonReadsTest {
  private final ArenaClient arena = AcceptanceStack.shared().client();
  private final String experiment = PlayedComparisons.shared().experiment();
  private final String race = PlayedComparisons.shared().race();

  private static List<String> texts(JsonNode array, String field) {
    List<String> texts = new ArrayList<>();
    array.forEach(one -> texts.add(one.get(field).textValue()));
    return texts;
  }

  @Test
  void standingsCountFailedRunsAsLosses() {
    JsonNode json = arena.get("/races/" + race).expect(200);
    JsonNode standings = json.get("standings");
    assertEquals(3, standings.size());
    JsonNode failing = standings.get(2);
    assertEquals("failing", failing.get("profile").textValue());
    assertEquals(4, failing.get("failed").intValue());
    assertEquals(8, failing.get("losses").intValue());
    assertTrue(
        json.get("note")
            .textValue()
            .startsWith("All runs have ended. 4 runs failed and count as losses: failing (4)."),
        json.get("note").textValue());
  }

  @Test
  void scriptedArmsAreReportedAsDeterministic() {
    JsonNode arm = arena.get("/experiments/" + experiment).expect(200).get("arms").get(1);
    assertTrue(arm.get("deterministic").booleanValue());
    JsonNode versus = arm.get("versus_control");
    assertEquals("deterministic", versus.get("verdict").textValue());
    assertTrue(versus.get("p_value").isNull());
    assertEquals(1, versus.get("win_probability").get("value").doubleValue());
    assertTrue(versus.get("win_probability").get("low").isNull());
  }

  @Test
  void rankingsAreReproducibleFromTheSeed() {
    String path = "/rankings?race_id=" + race + "&seed=9";
    JsonNode ranking = arena.get(path).expect(200);
    assertEquals(ranking, arena.get(path).expect(200));
    assertEquals(12, ranking.get("runs").intValue());
    assertEquals(12, ranking.get("matches").intValue());
    JsonNode players = ranking.get("components").get(0).get("players");
    assertEquals("failing", texts(players, "player").getLast());
    assertEquals(2, ranking.get("scenarios").size());
  }

  @Test
  void listsHaveTheComparisons() {
    assertTrue(
        texts(arena.get("/experiments").expect(200), "experiment_id").contains(experiment));
    assertTrue(texts(arena.get("/races").expect(200), "race_id").contains(race));
  }
}
