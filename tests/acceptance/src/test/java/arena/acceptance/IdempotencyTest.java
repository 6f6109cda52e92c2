package arena.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import arena.local.client.ArenaClient;
import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** Requests with an Idempotency-Key start a run once. */
final class IdempotencyTest {
  private static final Duration BOUND = Duration.ofSeconds(60);

  private final ArenaClient arena = AcceptanceStack.shared().client();

  @Test
  void returnsTheSameResponseForRepeatedRequests() {
    String key = UUID.randomUUID().toString();
    String label = "once " + key;
    String body = "{\"n_turns\":2,\"label\":\"" + label + "\"}";
    ArenaClient.Answer first = post("/runs", key, body);
    String run = first.expect(202).path("run_id").asText();
    arena.awaitEnd(run, BOUND);
    assertEquals(first.text(), post("/runs", key, body).text());
    assertEquals(202, post("/runs", key, body).status());
    assertEquals(1, countRuns(label));

    JsonNode other = post("/runs", key, "{\"n_turns\":3}").expect(409);
    assertEquals("idempotency_key_reused", other.path("error").path("code").asText());

    String fork = "{\"parent_run_id\":\"" + run + "\",\"parent_t\":1,\"n_turns\":1}";
    String child = post("/forks", key, fork).expect(202).path("child_run_id").asText();
    assertNotEquals(run, child, "keys are scoped to a route");
    assertEquals(child, post("/forks", key, fork).expect(202).path("child_run_id").asText());
    assertEquals("complete", arena.awaitEnd(child, BOUND).path("status").asText());
  }

  @Test
  void startsOneRunForConcurrentRequests() throws Exception {
    String key = UUID.randomUUID().toString();
    String body = "{\"n_turns\":1,\"label\":\"at once " + key + "\"}";
    Set<String> runs = new HashSet<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<JsonNode>> answers = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        answers.add(threads.submit(() -> post("/runs", key, body).expect(202)));
      }
      for (Future<JsonNode> answer : answers) {
        runs.add(answer.get().path("run_id").asText());
      }
    }
    assertEquals(1, runs.size(), runs.toString());
    assertEquals(1, countRuns("at once " + key));
    String run = runs.iterator().next();
    assertEquals("complete", arena.awaitEnd(run, BOUND).path("status").asText());
    assertEquals(
        arena.get("/runs/" + run).expect(200).path("n_events").asInt(),
        arena.events(run, 1).size());
  }

  @Test
  void rejectsInvalidKeys() {
    for (String key : List.of("a b", "x".repeat(129))) {
      JsonNode error = post("/runs", key, "{\"n_turns\":1}").expect(422).path("error");
      assertEquals("invalid_field", error.path("code").asText());
      assertEquals("Idempotency-Key", error.path("field").asText());
    }
  }

  private ArenaClient.Answer post(String path, String key, String body) {
    return arena.send(
        arena
            .request(path)
            .header("content-type", "application/json")
            .header("idempotency-key", key)
            .POST(HttpRequest.BodyPublishers.ofString(body)));
  }

  private long countRuns(String label) {
    long count = 0;
    for (JsonNode row : arena.get("/runs?limit=100").expect(200)) {
      if (row.path("label").asText().equals(label)) {
        count++;
      }
    }
    return count;
  }
}
