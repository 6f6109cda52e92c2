package arena.causes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.local.client.ArenaClient;
import arena.local.client.Envelope;
import arena.local.client.LiveReader;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import redis.clients.jedis.Jedis;

/** The commands of the next steps work as printed. */
class RecoveryTest {
  private static final Duration BOUND = Duration.ofSeconds(30);
  private static final JsonMapper MAPPER = new JsonMapper();

  private final DiagnosisStack stack = DiagnosisStack.shared();
  private final ArenaClient arena = stack.client();
  private final DiagnosisClient diagnoses = stack.diagnoses();

  private JsonNode runStep(JsonNode diagnosis, String action) throws JsonProcessingException {
    String command = Shell.command(diagnosis, action).orElseThrow();
    return MAPPER.readTree(Shell.run(command, stack.stack().redisPassword()));
  }

  /**
   * Runs the proposed fork and asserts that it plays the remaining turns from the last good one.
   */
  private void assertForked(JsonNode diagnosis, int t, int turns) throws JsonProcessingException {
    JsonNode answer = runStep(diagnosis, "fork");
    String child = answer.path("child_run_id").asText();
    assertFalse(child.isEmpty(), answer.toString());
    JsonNode row = arena.awaitEnd(child, BOUND);
    assertEquals("complete", row.get("status").textValue(), row.toString());
    assertEquals(diagnosis.get("run_id"), row.get("parent_run_id"));
    assertEquals(t, row.get("parent_t").intValue());
    assertEquals(turns, row.get("n_turns").intValue());
    assertEquals("fork", arena.events(child, 1).getFirst().fields().get("kind").textValue());
  }

  @Test
  void forksRunningRunAtItsLastGoodTurn() throws Exception {
    try (GatedModel gate = GatedModel.at(3)) {
      String run = gate.start(5);
      stack.abortExecution(run);
      assertForked(diagnoses.awaitCause(run, "execution_ended"), 2, 3);
      stack.stop(run);
    }
  }

  @Test
  void forksFailedRunAtItsLastGoodTurn() throws Exception {
    try (GatedModel gate = GatedModel.at(2)) {
      String run = gate.start(4);
      stack.abortExecution(run);
      stack.invoke(
          "finalize-run",
          "{\"run_id\":\"%s\",\"status\":\"failed\",\"error\":{\"code\":\"TestFailure\",\"message\":\"injected by the test\"}}"
              .formatted(run));
      assertForked(diagnoses.awaitCause(run, "failed_later"), 1, 3);
    }
  }

  @Test
  @ResourceLock("reaper")
  void forksReapedRunAtItsLastGoodTurn() throws Exception {
    try (GatedModel gate = GatedModel.at(2)) {
      String run = gate.start(3);
      stack.abortExecution(run);
      stack.setToBeforeGracePeriod(run, "last_ts");
      stack.reap();
      assertForked(diagnoses.awaitCause(run, "reaped", BOUND), 1, 2);
    }
  }

  @Test
  void stoppingArchivesTheRunAndClosesItsReaders() throws Exception {
    try (GatedModel gate = GatedModel.at(2);
        LiveReader reader = arena.live()) {
      String run = gate.start(4);
      reader.subscribe(run, 1);
      stack.abortExecution(run); // so that the diagnosis proposes to stop it
      JsonNode answer = runStep(diagnoses.awaitCause(run, "execution_ended"), "stop");
      assertEquals("Stopped", answer.at("/error/code").asText(), answer.toString());
      gate.open();

      LiveReader.Closed closed = reader.untilClosed(run, BOUND, _ -> {});
      assertEquals("failed", closed.status());
      JsonNode diagnosis = diagnoses.awaitCause(run, "stopped");
      assertTrue(diagnosis.at("/facts/catalog/db_path").textValue().startsWith("s3://"));
      List<Envelope> events = arena.events(run, 1);
      assertEquals(closed.lastSeq(), events.size());
      assertEquals(answer, arena.post("/runs/" + run + "/stop", "").expect(202), "idempotent");
      assertEquals(events, arena.events(run, 1));
    }
  }

  @Test
  void stopsRunDuringATurn() {
    try (GatedModel gate = GatedModel.at(2)) {
      String run = gate.start(4);
      arena.post("/runs/" + run + "/stop", "").expect(202);
      gate.open();
      JsonNode row = arena.awaitEnd(run, BOUND);
      assertEquals("failed", row.get("status").textValue());
      assertEquals("Stopped", row.at("/error/code").textValue());
      assertEquals(row.get("n_events").longValue(), arena.events(run, 1).size());
    }
  }

  @Test
  void rejectsStoppingEndedRun() {
    String run = arena.startRun("{\"n_turns\":1}");
    arena.awaitEnd(run, BOUND);
    JsonNode row = arena.get("/runs/" + run).expect(200);
    ArenaClient.Answer answer = arena.post("/runs/" + run + "/stop", "");
    assertEquals(409, answer.status());
    assertEquals("run_ended", answer.json().at("/error/code").textValue());
    assertEquals(row, arena.get("/runs/" + run).expect(200));
  }

  /** Deletes the keys of a run without an execution, with the command of the next step. */
  @Test
  void deletesKeysAsTheStepSays() {
    try (GatedModel gate = GatedModel.at(2);
        Jedis redis = stack.redis()) {
      String run = gate.start(3);
      stack.abortExecution(run);
      String command =
          Shell.command(diagnoses.awaitCause(run, "execution_ended"), "delete_keys").orElseThrow();
      String broker =
          String.format(
              Locale.ROOT,
              "REDISCLI_AUTH=\"$REDIS_PASSWORD\" redis-cli -h %s -p %d ",
              stack.stack().redisHost(),
              stack.stack().redisPort());
      assertTrue(command.startsWith(broker), command);
      String[] keys = command.replaceFirst("^.* DEL ", "").split(" ", -1);
      assertEquals(keys.length, redis.del(keys));
      JsonNode row = arena.get("/runs/" + run).expect(200);
      assertEquals(row.get("n_events").longValue(), arena.events(run, 1).size());
      arena.post("/runs/" + run + "/stop", "").expect(202);
      assertEquals("failed", arena.awaitEnd(run, BOUND).get("status").textValue());
    }
  }
}
