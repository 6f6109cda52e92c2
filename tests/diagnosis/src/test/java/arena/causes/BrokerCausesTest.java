package arena.causes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.local.client.ArenaClient;
import arena.local.client.Envelope;
import arena.local.client.LiveReader;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.Isolated;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.params.ClientKillParams;
import redis.clients.jedis.params.SetParams;
import redis.clients.jedis.params.XTrimParams;

/** What the broker and its readers do to a run. */
@Isolated
@Execution(ExecutionMode.SAME_THREAD)
class BrokerCausesTest {
  private static final Duration BOUND = Duration.ofSeconds(30);

  private final DiagnosisStack stack = DiagnosisStack.shared();
  private final ArenaClient arena = stack.client();
  private final StalledRun patient = stack.patient();

  private static String key(String run, String what) {
    return "arena:run:" + run + ":" + what;
  }

  @Test
  void aBrokerThatDoesNotAnswerIsNamed() {
    try (GatedModel gate = GatedModel.at(1)) {
      String run = gate.start(2);
      stack.stack().killRedis();
      JsonNode said;
      try {
        said = patient.until(run, "broker_unreachable");
      } finally {
        stack.stack().restartRedis();
      }
      assertEquals("modifying", StalledRun.evidence(said, "elasticache.status"));
      assertTrue(StalledRun.evidence(said, "elasticache.event").contains("failed"));
      assertEquals("wait", said.at("/next_steps/0/action").textValue());
      gate.open();
      assertEquals("complete", arena.awaitEnd(run, BOUND).get("status").textValue());
      assertTrue(
          arena
              .get("/runs/" + run + "/report")
              .json()
              .at("/diagnosis/facts/elasticache")
              .toString()
              .contains("restarted"));
    }
  }

  @Test
  void aBrokerThatLostItsDataIsNamedAndFilledAgain() {
    try (GatedModel gate = GatedModel.at(2);
        Jedis redis = stack.redis()) {
      String run = gate.start(2);
      redis.flushAll();
      JsonNode said = patient.until(run, "broker_lost_data");
      assertEquals("none", StalledRun.evidence(said, "broker.sentinel"));
      assertEquals("0", StalledRun.evidence(said, "broker.length"));
      gate.open();
      assertEquals("complete", arena.awaitEnd(run, BOUND).get("status").textValue());
      assertEquals(arena.events(run, 1).size(), redis.xlen(key(run, "events")));
    }
  }

  @Test
  void aBrokerWithoutConnectionsIsNamed() {
    List<Jedis> hogs = new ArrayList<>();
    try (GatedModel gate = GatedModel.at(1);
        Jedis operator = stack.redis()) {
      String run = gate.start(2);
      String before = operator.configGet("maxclients").get("maxclients");
      try {
        // nobody but those who are in the way is left, and no room
        for (int i = 0; i < 12; i++) {
          Jedis hog = stack.redis();
          hog.ping();
          hogs.add(hog);
        }
        operator.configSet("maxclients", String.valueOf(hogs.size() + 1));
        List<Long> ours = hogs.stream().map(Jedis::clientId).toList();
        for (String line : operator.clientList().lines().toList()) {
          long id = Long.parseLong(line.replaceFirst("^id=(\\d+) .*$", "$1").strip());
          if (!ours.contains(id) && id != operator.clientId()) {
            operator.clientKill(new ClientKillParams().id(String.valueOf(id)));
          }
        }
        JsonNode said = patient.until(run, "connections_exhausted");
        assertTrue(StalledRun.evidence(said, "broker.error").contains("max number of clients"));
        assertEquals("fix", said.at("/next_steps/0/action").textValue());
      } finally {
        operator.configSet("maxclients", before);
        hogs.forEach(Jedis::close);
      }
      gate.open();
      assertEquals("complete", arena.awaitEnd(run, BOUND).get("status").textValue());
    }
  }

  @Test
  void aReaderThatFellBehindIsNamed() {
    try (GatedModel gate = GatedModel.at(3);
        Jedis redis = stack.redis();
        LiveReader reader = arena.live()) {
      String run = gate.start(3);
      // the sending is held up, and the buffer goes on
      redis.set(key(run, "lease"), "0", SetParams.setParams().ex(60));
      reader.subscribe(run, 1);
      awaitReader(redis, run);
      redis.xtrim(key(run, "events"), XTrimParams.xTrimParams().minId("5-0"));
      JsonNode said = patient.until(run, "reader_fell_behind");
      assertEquals("growth_then_error", said.get("symptom").textValue());
      assertEquals("5", StalledRun.evidence(said, "broker.first_seq"));
      assertEquals("resume", said.at("/next_steps/0/action").textValue());
      redis.del(key(run, "lease"));
      gate.open();
      JsonNode told = reader.nextJson(BOUND);
      assertEquals("overflow", told.get("type").textValue());
      reader.subscribe(run, told.get("available_from").longValue());
      assertEquals("complete", reader.untilClosed(run, BOUND, _ -> {}).status());
    }
  }

  @Test
  void readersThatAreNotToldOfTheEndAreNamed() {
    try (GatedModel gate = GatedModel.at(1);
        Jedis redis = stack.redis();
        LiveReader reader = arena.live()) {
      String run = gate.start(1);
      redis.set(key(run, "lease"), "0", SetParams.setParams().ex(60));
      reader.subscribe(run, 1);
      awaitReader(redis, run);
      gate.open();
      JsonNode said = patient.until(run, "readers_not_drained", BOUND);
      assertEquals("complete", said.get("status").textValue());
      assertEquals("1", StalledRun.evidence(said, "broker.readers"));
      redis.del(key(run, "lease"));
      // what the next steps say: subscribe again
      reader.subscribe(run, 1);
      assertEquals("complete", reader.untilClosed(run, BOUND, _ -> {}).status());
      assertEquals("complete", patient.until(run, "complete").get("status").textValue());
    }
  }

  private static void awaitReader(Jedis redis, String run) {
    Instant deadline = Instant.now().plus(BOUND);
    while (redis.hlen(key(run, "subscribers")) == 0) {
      assertTrue(Instant.now().isBefore(deadline), "the subscription came");
    }
  }

  /** As the runbook allows: it harms nobody but live readers, and those are told. */
  @Test
  void deletingARunsKeysByHandLosesNothing() {
    try (GatedModel gate = GatedModel.at(2);
        Jedis redis = stack.redis();
        LiveReader reader = arena.live()) {
      String run = gate.start(3);
      reader.subscribe(run, 1);
      List<Envelope> seen = new ArrayList<>(Envelope.allIn(reader.next(BOUND)));
      redis.del(key(run, "open"), key(run, "seq"), key(run, "events"));
      gate.open();
      JsonNode row = arena.awaitEnd(run, BOUND);
      assertEquals("complete", row.get("status").textValue());
      List<Envelope> all = arena.events(run, 1);
      assertEquals(row.get("n_events").longValue(), all.size());
      assertEquals(seen, all.subList(0, seen.size()));
    }
  }
}
