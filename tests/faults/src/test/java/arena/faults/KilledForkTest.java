package arena.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.local.client.ArenaClient;
import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.parallel.ResourceAccessMode;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The process that starts a fork is killed, between its steps. Who asks again with the same key has
 * the fork; a fork that nobody asks for again, and that does not play, is ended by the reaper.
 */
@ResourceLock(value = FaultStack.ALL, mode = ResourceAccessMode.READ)
final class KilledForkTest {
  private static final Duration BOUND = Duration.ofSeconds(60);
  private static final String FUNCTION = "create-fork";

  /** Events of a fork before its first turn: fork, world_mutation. */
  private static final int BEFORE = 2;

  private final FaultStack arena = FaultStack.shared();

  private HoldPoint hold(Fault point, String token) {
    return switch (point) {
      case FORK_AFTER_BEGUN, FORK_AGAIN_AFTER_BEGUN ->
          arena.dynamoDb().holding(call -> call.is("TransactWriteItems", token), 0, true);
      case FORK_AFTER_OPEN, FORK_AGAIN_AFTER_OPEN ->
          arena.redisProxy().holding(call -> call.is("open", token), 0, true);
      case FORK_BEFORE_START, FORK_AGAIN_BEFORE_START ->
          arena
              .lambdaAndStepFunctions()
              .holding(call -> call.is("StartExecution", token), 0, false);
      case FORK_AFTER_START, FORK_AGAIN_AFTER_START ->
          arena.lambdaAndStepFunctions().holding(call -> call.is("StartExecution", token), 0, true);
      default -> throw new IllegalArgumentException("no point of " + FUNCTION + ": " + point);
    };
  }

  static Stream<Fault> askedAgain() {
    return Fault.tried(
        Fault.FORK_AGAIN_AFTER_BEGUN,
        Fault.FORK_AGAIN_AFTER_OPEN,
        Fault.FORK_AGAIN_BEFORE_START,
        Fault.FORK_AGAIN_AFTER_START);
  }

  @ParameterizedTest
  @MethodSource("askedAgain")
  void askedAgainItIsThereOnce(Fault point) {
    try (FaultScenario parent = parent(point);
        FaultScenario play =
            FaultScenario.start(
                arena,
                point.token(),
                () -> {
                  fails(point, parent.runId());
                  return arena
                      .client()
                      .send(fork(point.token(), parent.runId()))
                      .expect(202)
                      .get("child_run_id")
                      .textValue();
                })) {
      assertEquals(List.of(play.runId()), children(parent.runId()));
      play.goOn();
      Matrix.record(point, play.completes(BOUND, BEFORE));
    }
  }

  static Stream<Fault> askedNoMore() {
    return Fault.tried(
        Fault.FORK_AFTER_BEGUN,
        Fault.FORK_AFTER_OPEN,
        Fault.FORK_BEFORE_START,
        Fault.FORK_AFTER_START);
  }

  @ParameterizedTest
  @MethodSource("askedNoMore")
  void askedNoMoreItEnds(Fault point) {
    try (FaultScenario parent = parent(point);
        FaultScenario play =
            FaultScenario.start(
                arena,
                point.token(),
                () -> {
                  fails(point, parent.runId());
                  List<String> children = children(parent.runId());
                  assertEquals(1, children.size());
                  return children.getFirst();
                })) {
      play.goOn();
      if (point == Fault.FORK_AFTER_START) {
        Matrix.record(point, play.completes(BOUND, BEFORE));
        return;
      }
      arena.abandon(play.runId());
      Outcome outcome = play.ends(BOUND);
      assertEquals("failed: Abandoned", outcome.end());
      assertEquals(BEFORE, arena.events(play.runId()).size());
      Matrix.record(point, outcome);
    }
  }

  /** A run that waits for its model, whose label and children nobody else has. */
  private FaultScenario parent(Fault point) {
    return FaultScenario.start(arena, "parent-of-" + point.token()).begun();
  }

  private HttpRequest.Builder fork(String token, String parent) {
    return arena
        .client()
        .request("/forks")
        .header("content-type", "application/json")
        .header("idempotency-key", token)
        .POST(
            HttpRequest.BodyPublishers.ofString(
                String.format(
                    Locale.ROOT,
                    """
                {"parent_run_id":"%s","parent_t":0,"n_turns":%d,"mutation":{"food":900},"profile":%s}""",
                    parent,
                    FaultScenario.TURNS,
                    FaultScenario.profile(token))));
  }

  /** Asks for the fork, and kills who starts it. */
  private void fails(Fault point, String parent) {
    String token = point.token();
    HoldPoint held = hold(point, token);
    arena.doom(FUNCTION, token);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      CompletableFuture<ArenaClient.Answer> answer =
          CompletableFuture.supplyAsync(() -> arena.client().send(fork(token, parent)), threads);
      held.awaitReached(HoldPoint.PATIENCE);
      arena.kill(FUNCTION, token);
      held.letGo();
      int status = answer.join().status();
      assertTrue(status >= 500, "status " + status);
    }
  }

  private List<String> children(String parent) {
    List<String> children = new ArrayList<>();
    for (JsonNode run : runs()) {
      if (run.path("parent_run_id").asText().equals(parent)) {
        children.add(run.get("run_id").textValue());
      }
    }
    return children;
  }

  /** The list has all runs in it, so a store that fails for one, in another test, fails it too. */
  private JsonNode runs() {
    Instant deadline = Instant.now().plus(BOUND);
    ArenaClient.Answer answer = arena.client().get("/runs?limit=100");
    while (answer.status() == 503 && Instant.now().isBefore(deadline)) {
      answer = arena.client().get("/runs?limit=100");
    }
    return answer.expect(200);
  }
}
