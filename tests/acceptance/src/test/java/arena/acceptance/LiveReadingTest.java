package arena.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.local.client.ArenaClient;
import arena.local.client.Envelope;
import arena.local.client.LiveReader;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The WebSocket interface as a client sees it. */
final class LiveReadingTest {
  private static final Duration BOUND = Duration.ofSeconds(60);

  private static ArenaClient arena;

  @BeforeAll
  static void start() {
    arena = AcceptanceStack.shared().client();
  }

  @Test
  void resumesAfterADisconnect() {
    String run = arena.startRun("{\"n_turns\":40}");
    List<Envelope> seen = new ArrayList<>();
    try (LiveReader first = arena.live()) {
      first.subscribe(run, 1);
      while (seen.size() < 30) {
        seen.addAll(Envelope.allIn(first.next(BOUND)));
      }
    }
    try (LiveReader second = arena.live()) {
      second.subscribe(run, seen.getLast().seq() + 1);
      seen.addAll(second.untilClosed(run, BOUND, _ -> {}).events());
    }
    assertEquals(arena.events(run, 1), seen);
  }

  @Test
  void readsManyRunsOverOneConnection() {
    List<String> runs = new ArrayList<>();
    try (LiveReader reader = arena.live()) {
      for (int i = 0; i < 3; i++) {
        String run = arena.startRun("{\"n_turns\":3}");
        runs.add(run);
        reader.subscribe(run, 1);
      }
      List<String> closed = new ArrayList<>();
      while (closed.size() < runs.size()) {
        JsonNode message = reader.nextJson(BOUND);
        if (message.path("type").asText().equals("closed")) {
          closed.add(message.path("run_id").asText());
        }
      }
      assertEquals(runs.stream().sorted().toList(), closed.stream().sorted().toList());
    }
  }

  @Test
  void answersPingAfterUnsubscribe() {
    String run = arena.startRun("{\"n_turns\":0}");
    arena.awaitEnd(run, BOUND);
    try (LiveReader reader = arena.live()) {
      reader.send("{\"action\":\"ping\"}");
      assertEquals("pong", reader.nextJson(BOUND).path("type").asText());
      reader.send("{\"action\":\"unsubscribe\",\"run_id\":\"" + run + "\"}");
      reader.send("{\"action\":\"ping\"}");
      assertEquals("pong", reader.nextJson(BOUND).path("type").asText());
    }
  }

  @Test
  void sendsClosedToReaderAtTheEndOfFinishedRun() {
    String run = arena.startRun("{\"n_turns\":1}");
    long last = arena.awaitEnd(run, BOUND).path("n_events").asLong();
    try (LiveReader reader = arena.live()) {
      reader.subscribe(run, last + 1);
      JsonNode closed = reader.nextJson(BOUND);
      assertEquals("closed", closed.path("type").asText());
      assertEquals("complete", closed.path("status").asText());
      assertEquals(last, closed.path("last_seq").asLong());
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "not JSON|bad_json",
        "[]|bad_json",
        "{\"action\":\"dance\"}|unknown_action",
        "{\"run_id\":\"x\"}|unknown_action",
        "{\"action\":7}|unknown_action",
        "{\"action\":\"subscribe\"}|invalid_field",
        "{\"action\":\"subscribe\",\"run_id\":7}|invalid_field",
        "{\"action\":\"subscribe\",\"run_id\":\"nope\"}|unknown_run",
        "{\"action\":\"subscribe\",\"run_id\":\"00000000000000000000000000000000\"}|unknown_run",
        "{\"action\":\"subscribe\",\"run_id\":\"00000000000000000000000000000000\",\"from_seq\":0}|invalid_field",
        "{\"action\":\"subscribe\",\"run_id\":\"00000000000000000000000000000000\",\"from_seq\":1.5}|invalid_field",
        "{\"action\":\"subscribe\",\"run_id\":\"00000000000000000000000000000000\",\"from_seq\":\"1\"}|invalid_field",
        "{\"action\":\"subscribe\",\"run_id\":\"00000000000000000000000000000000\",\"from_seq\":1e99}|invalid_field",
        "{\"action\":\"subscribe\",\"run_id\":\"00000000000000000000000000000000\",\"more\":1}|invalid_field",
        "{\"action\":\"unsubscribe\"}|invalid_field",
        "{\"action\":\"ping\",\"more\":1}|invalid_field"
      })
  void answersInvalidMessageWithErrorAndKeepsTheConnection(String message, String code) {
    try (LiveReader reader = arena.live()) {
      reader.send(message);
      JsonNode answer = reader.nextJson(BOUND);
      assertEquals("error", answer.path("type").asText(), answer.toString());
      assertEquals(code, answer.path("code").asText(), answer.toString());
      assertTrue(answer.path("message").asText().length() > 5, answer.toString());
      reader.send("{\"action\":\"ping\"}");
      assertEquals("pong", reader.nextJson(BOUND).path("type").asText());
    }
  }

  @Test
  void rejectsSeqBeyondTheEnd() {
    String run = arena.startRun("{\"n_turns\":0}");
    arena.awaitEnd(run, BOUND);
    try (LiveReader reader = arena.live()) {
      reader.subscribe(run, 1_000);
      JsonNode answer = reader.nextJson(BOUND);
      assertEquals("invalid_field", answer.path("code").asText(), answer.toString());
    }
  }
}
