package arena.causes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.local.client.ArenaClient;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** {@code GET /replays} lists every replay in flight and what it waits for. */
class ReplaysTest {
  private final DiagnosisStack stack = DiagnosisStack.shared();
  private final ArenaClient arena = stack.client();

  @Test
  void listsLongestWaitFirst() {
    try (GatedModel first = GatedModel.at(2);
        GatedModel second = GatedModel.at(1)) {
      String one = first.start(3);
      String other = second.start(3);
      JsonNode diagnosis = arena.get("/replays").expect(200);
      List<String> ids = new ArrayList<>();
      for (JsonNode replay : diagnosis.get("replays")) {
        ids.add(replay.get("run_id").textValue());
        if (replay.get("run_id").textValue().equals(one)) {
          assertEquals("PlayTurn", replay.at("/waiting_on/state").textValue());
          assertEquals(1, replay.at("/waiting_on/turn").intValue());
          assertEquals("model", replay.at("/waiting_on/step").textValue());
        }
      }
      assertTrue(ids.indexOf(one) >= 0 && ids.indexOf(one) < ids.indexOf(other), ids.toString());
      String text =
          arena.send(arena.request("/replays").header("accept", "text/plain").GET()).text();
      assertTrue(text.contains(one + "  PlayTurn, turn 1, step model"), text);
      assertEquals(1, arena.get("/replays?limit=1").expect(200).get("replays").size());
      assertTrue(arena.get("/replays?limit=1").expect(200).get("more").booleanValue());
      stack.stop(one);
      stack.stop(other);
    }
  }
}
