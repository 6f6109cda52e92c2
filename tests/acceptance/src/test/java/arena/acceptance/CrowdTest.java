package arena.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.local.client.ArenaClient;
import arena.local.client.Envelope;
import arena.local.client.ViewerCrowd;
import arena.models.Behaviour;
import arena.models.Reply;
import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Many viewers and many runs at once, a smaller version of {@code ./arena load}. */
final class CrowdTest {
  private static final Duration BOUND = Duration.ofSeconds(90);

  private final AcceptanceStack stack = AcceptanceStack.shared();
  private final ArenaClient arena = stack.client();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpClient client = HttpClient.newBuilder().executor(threads).build();

  @AfterEach
  void close() {
    client.shutdownNow();
    threads.shutdownNow();
  }

  @Test
  void deliversEveryEventOnceToFastSlowAndFlappingViewers() {
    stack.models().when("long-answers", _ -> answerLong());
    try (ViewerCrowd crowd = new ViewerCrowd(client, arena::webSocketUrl)) {
      String run =
          arena.startRun("{\"n_turns\":40,\"profile\":{\"model\":\"openai:long-answers\"}}");
      crowd.join(run, ViewerCrowd.Habit.QUICK, 60);
      crowd.join(run, ViewerCrowd.Habit.SLOW, 8);
      crowd.join(run, ViewerCrowd.Habit.FLAPPING, 8);
      JsonNode row = arena.awaitEnd(run, BOUND);
      assertEquals("complete", row.path("status").asText(), "slow viewers do not delay the run");
      crowd.release();
      List<Envelope> events = arena.events(run, 1);
      ViewerCrowd.Outcome outcome = crowd.outcome(events, BOUND);
      assertEquals(Map.of(), outcome.faults());
      assertEquals(76, outcome.complete());
      assertTrue(outcome.reconnections() >= 8, "flapping viewers reconnect");
    }
  }

  /** Answers with more bytes in total than the gateway buffers for a reader that does not drain. */
  private static Reply answerLong() {
    try {
      TimeUnit.MILLISECONDS.sleep(100);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return Reply.text("x".repeat(24_000) + Behaviour.ANSWER);
  }

  @Test
  void playsAndStreamsManyConcurrentRuns() {
    int runs = 20;
    List<ViewerCrowd> crowds = new ArrayList<>();
    try {
      List<String> runIds = new ArrayList<>();
      for (int i = 0; i < runs; i++) {
        runIds.add(arena.startRun("{\"n_turns\":5}"));
      }
      for (String run : runIds) {
        ViewerCrowd crowd = new ViewerCrowd(client, arena::webSocketUrl);
        crowds.add(crowd);
        crowd.join(run, ViewerCrowd.Habit.QUICK, 2);
      }
      for (int i = 0; i < runs; i++) {
        assertEquals("complete", arena.awaitEnd(runIds.get(i), BOUND).path("status").asText());
        ViewerCrowd.Outcome outcome = crowds.get(i).outcome(arena.events(runIds.get(i), 1), BOUND);
        assertEquals(Map.of(), outcome.faults());
        assertEquals(2, outcome.complete());
      }
    } finally {
      crowds.forEach(ViewerCrowd::close);
    }
  }
}
