package arena.acceptance;

import arena.broker.Broker;
import arena.json.Json;
import arena.local.client.ArenaClient;
import arena.local.client.Envelope;
import arena.local.client.LiveReader;
import arena.run.Limits;
import arena.runtime.AwsClients;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.params.SetParams;
import redis.clients.jedis.params.XTrimParams;
import software.amazon.awssdk.services.sfn.SfnClient;

/**
 * A run under the control of a test: its execution is stopped in the first turn, where the model
 * throttles it, and only the test plays its turns.
 */
final class LiveRun implements AutoCloseable {
  private static final Duration BOUND = Duration.ofSeconds(60);

  /** Events of a turn before the model call. */
  static final int EVENTS_BEFORE_MODEL = 3;

  private final AcceptanceStack stack = AcceptanceStack.shared();
  private final ArenaClient arena = stack.client();
  private final String runId;
  private String task;

  private LiveRun() {
    runId = arena.startRun("{\"n_turns\":10,\"profile\":{\"model\":\"openai:throttle\"}}");
    task = Samples.about("replay-turn.json", runId);
  }

  /** Starts a run with {@link #EVENTS_BEFORE_MODEL} events. */
  static LiveRun start() {
    LiveRun run = new LiveRun();
    try (LiveReader reader = run.arena.live()) {
      reader.subscribe(run.runId, 1);
      List<Envelope> seen = new ArrayList<>();
      while (seen.size() < EVENTS_BEFORE_MODEL) {
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

  /** Waits until the gateway has reported the end of the connection. */
  private void awaitNoReader() {
    Instant deadline = Instant.now().plus(BOUND);
    try (Jedis redis = stack.redis()) {
      while (redis.exists(key("subscribers"))) {
        if (Instant.now().isAfter(deadline)) {
          throw new AssertionError("a closed connection is still subscribed");
        }
      }
    }
  }

  String id() {
    return runId;
  }

  /** Plays the next turn and returns the output of its task. */
  JsonNode play() {
    JsonNode next = stack.invoke("replay-turn", task);
    task = next.toString();
    return next;
  }

  /** Plays the next turn, which must fail, and returns its error. */
  String playFailing() {
    return stack.error("replay-turn", task);
  }

  /** The run as {@code GET /runs/{run_id}} returns it. */
  JsonNode row() {
    return arena.get("/runs/" + runId).expect(200);
  }

  /** The run's key in Redis, such as {@code events}. */
  String key(String name) {
    return "arena:run:" + runId + ":" + name;
  }

  /** Takes the fan-out lease, so that no fan-out runs until {@link #releaseFanOut}. */
  void holdFanOut(Jedis redis) {
    redis.set(key("lease"), "0", SetParams.setParams().ex(BOUND.toSeconds()));
  }

  void releaseFanOut(Jedis redis) {
    redis.del(key("lease"));
  }

  /** Trims the live buffer to this seq and later, as its limit does with a long run. */
  void trim(Jedis redis, long firstKept) {
    redis.xtrim(key("events"), XTrimParams.xTrimParams().minId(firstKept + "-0"));
  }

  /**
   * Plays turns of many actions until the buffer need not have the events before this seq, and
   * trims it.
   */
  void playUntilDropped(Jedis redis, long firstKept) {
    ObjectNode busy;
    try {
      busy = (ObjectNode) Json.read(task);
    } catch (JsonProcessingException e) {
      throw new AssertionError(e);
    }
    busy.put("turns_left", Limits.MAX_TURNS);
    ((ObjectNode) busy.get("profile")).put("model", "openai:busy");
    task = busy.toString();
    while (play().get("seq").longValue() - 1 < firstKept + Broker.BUFFER_EVENTS) {
      // further turns
    }
    trim(redis, firstKept);
  }

  /** The seq of the first event in the live buffer. */
  long firstKept(Jedis redis) {
    return redis.xinfoStream(key("events")).getFirstEntry().getID().getTime();
  }

  /** Finalizes the run as failed and closes it; idempotent. */
  JsonNode fail() {
    JsonNode archived =
        stack.invoke("finalize-run", Samples.about("finalize-run-failed.json", runId));
    stack.invoke("finalize-run", Samples.about("finalize-run-close.json", runId));
    return archived;
  }

  @Override
  public void close() {
    fail();
  }
}
