package arena.acceptance;

import arena.local.client.ArenaClient;
import arena.models.Behaviour;
import arena.models.Reply;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A race of two runs whose model does not answer until the test releases it. */
final class HeldRace {
  private static final Duration BOUND = Duration.ofSeconds(60);
  private static final Duration POLL_INTERVAL = Duration.ofMillis(20);

  private final String model = "held-" + UUID.randomUUID();
  private final CountDownLatch answers = new CountDownLatch(1);
  private final String id;
  private final String runId;

  private HeldRace(ArenaClient arena) {
    AcceptanceStack.shared()
        .models()
        .when(
            model,
            _ -> {
              awaitRelease();
              return Reply.text(Behaviour.ANSWER);
            });
    id =
        arena
            .post(
                "/races",
                "{\"profiles\":[{\"name\":\"a\",\"model\":\"openai:"
                    + model
                    + "\"},{\"name\":\"b\",\"model\":\"openai:"
                    + model
                    + "\"}],\"scenarios\":[\"balanced\"],\"rounds\":1,\"n_turns\":1}")
            .expect(202)
            .path("race_id")
            .asText();
    runId = awaitRun(arena);
  }

  /** Starts a race and waits until both runs are played. */
  static HeldRace start(ArenaClient arena) {
    return new HeldRace(arena);
  }

  private String awaitRun(ArenaClient arena) {
    long deadline = System.nanoTime() + BOUND.toNanos();
    while (true) {
      JsonNode race = arena.get("/races/" + id).expect(200);
      if (race.at("/cell_counts/running").asInt() == 2) {
        return race.at("/cells/0/run_id").asText();
      }
      if (System.nanoTime() > deadline) {
        throw new AssertionError("the race has not started: " + race);
      }
      LockSupport.parkNanos(POLL_INTERVAL.toNanos());
    }
  }

  String id() {
    return id;
  }

  /** One of its runs. */
  String runId() {
    return runId;
  }

  /** A profile with its model, for other runs that are held. */
  String profile() {
    return "{\"model\":\"openai:" + model + "\"}";
  }

  /** Lets its runs and those of others with its profile end. */
  void release() {
    answers.countDown();
  }

  private void awaitRelease() {
    try {
      if (!answers.await(BOUND.toSeconds(), TimeUnit.SECONDS)) {
        throw new AssertionError("the race was not released");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
