package arena.acceptance;

import arena.local.client.ArenaClient;
import arena.local.client.Envelope;
import arena.local.client.LiveReader;
import arena.runtime.AwsClients;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.params.SetParams;
import redis.clients.jedis.params.XTrimParams;
import software.amazon.awssdk.services.sfn.SfnClient;

/**
 * A run that is live for as long as a test wants: its execution is stopped in its first turn, where
 * the model throttles it, and it goes on only when the test plays a turn.
 */
final class LiveRun implements AutoCloseable {
  private static final Duration BOUND = Duration.ofSeconds(60);

  /** Events that a turn has before the model is asked. */
  static final int BEGUN = 3;

  private final AcceptanceStack stack = AcceptanceStack.shared();
  private final ArenaClient arena = stack.client();
  private final String runId;
  private String task;

  private LiveRun() {
    runId = arena.startRun("{\"n_turns\":10,\"profile\":{\"model\":\"openai:throttle\"}}");
    task = Samples.about("replay-turn.json", runId);
  }

  /** Starts a run; it has {@link #BEGUN} events. */
  static LiveRun start() {
    LiveRun run = new LiveRun();
    try (LiveReader reader = run.arena.live()) {
      reader.subscribe(run.runId, 1);
      List<Envelope> seen = new ArrayList<>();
      while (seen.size() < BEGUN) {
        seen.addAll(Envelope.allIn(reader.next(BOUND)));
      }
    }
    run.awaitNoReader();
    String machine = run.stack.stack().resource("ReplayStateMachine");
    String execution = machine.replace(":stateMachine:", ":execution:") + ":" + run.runId;
    try (SfnClient stepFunctions = AwsClients.stepFunctions()) {
      stepFunctions.stopExecution(stop -> stop.executionArn(execution));
    }
    return run;
  }

  /** The gateway tells of a reader's end after the reader has gone. */
  private void awaitNoReader() {
    Instant deadline = Instant.now().plus(BOUND);
    try (Jedis redis = stack.redis()) {
      while (redis.exists(key("subscribers"))) {
        if (Instant.now().isAfter(deadline)) {
          throw new AssertionError("a reader that hung up is still subscribed");
        }
      }
    }
  }

  String id() {
    return runId;
  }

  /** Plays the next turn; the answer of its task. */
  JsonNode play() {
    JsonNode next = stack.invoke("replay-turn", task);
    task = next.toString();
    return next;
  }

  /** The error that the next turn's task ends with. */
  String playInVain() {
    return stack.error("replay-turn", task);
  }

  /** The run's row. */
  JsonNode row() {
    return arena.get("/runs/" + runId).expect(200);
  }

  /** The run's key in Redis, such as {@code events}. */
  String key(String what) {
    return "arena:run:" + runId + ":" + what;
  }

  /** Holds all fan-outs off, as if another were at work, until {@link #letFanOut}. */
  void holdFanOut(Jedis redis) {
    redis.set(key("lease"), "0", SetParams.setParams().ex(BOUND.toSeconds()));
  }

  void letFanOut(Jedis redis) {
    redis.del(key("lease"));
  }

  /** Drops from the live buffer what is older than this seq, as its limit does with a long run. */
  void trim(Jedis redis, long firstKept) {
    redis.xtrim(key("events"), XTrimParams.xTrimParams().minId(firstKept + "-0"));
  }

  /** Ends it as failed; doing it again changes nothing. */
  JsonNode fail() {
    return stack.invoke("finalize-run", Samples.about("finalize-run-failed.json", runId));
  }

  @Override
  public void close() {
    fail();
  }
}
