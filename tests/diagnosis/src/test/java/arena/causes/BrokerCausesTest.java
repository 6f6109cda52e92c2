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

/** Causes in the broker and its readers. */
@Isolated
@Execution(ExecutionMode.SAME_THREAD)
class BrokerCausesTest {
  private static final Duration BOUND = Duration.ofSeconds(30);

  private final DiagnosisStack stack = DiagnosisStack.shared();
  private final ArenaClient arena = stack.client();
  private final DiagnosisClient diagnoses = stack.diagnoses();

  private static String key(String run, String name) {
    return "arena:run:" + run + ":" + name;
  }

  @Test
  void reportsUnreachableBroker() {
    try (GatedModel gate = GatedModel.at(1)) {
      String run = gate.start(2);
      stack.stack().killRedis();
      JsonNode diagnosis;
      try {
        diagnosis = diagnoses.awaitCause(run, "broker_unreachable");
      } finally {
        stack.stack().restartRedis();
      }
      assertEquals("modifying", DiagnosisClient.evidence(diagnosis, "elasticache.status"));
      assertTrue(DiagnosisClient.evidence(diagnosis, "elasticache.event").contains("failed"));
      assertEquals("wait", diagnosis.at("/next_steps/0/action").textValue());
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
  void reportsBrokerDataLoss() {
    try (GatedModel gate = GatedModel.at(2);
        Jedis redis = stack.redis()) {
      String run = gate.start(2);
      redis.flushAll();
      JsonNode diagnosis = diagnoses.awaitCause(run, "broker_lost_data");
      assertEquals("none", DiagnosisClient.evidence(diagnosis, "broker.sentinel"));
      assertEquals("0", DiagnosisClient.evidence(diagnosis, "broker.length"));
      gate.open();
      assertEquals("complete", arena.awaitEnd(run, BOUND).get("status").textValue());
      assertEquals(arena.events(run, 1).size(), redis.xlen(key(run, "events")));
    }
  }

  @Test
  void reportsExhaustedConnections() {
    List<Jedis> openConnections = new ArrayList<>();
    try (GatedModel gate = GatedModel.at(1);
        Jedis operator = stack.redis()) {
      String run = gate.start(2);
      String before = operator.configGet("maxclients").get("maxclients");
      try {
        // takes all connections and closes those of the functions
        for (int i = 0; i < 12; i++) {
          Jedis connection = stack.redis();
          connection.ping();
          openConnections.add(connection);
        }
        operator.configSet("maxclients", String.valueOf(openConnections.size() + 1));
        List<Long> ownIds = openConnections.stream().map(Jedis::clientId).toList();
        for (String line : operator.clientList().lines().toList()) {
          long id = Long.parseLong(line.replaceFirst("^id=(\\d+) .*$", "$1").strip());
          if (!ownIds.contains(id) && id != operator.clientId()) {
            operator.clientKill(new ClientKillParams().id(String.valueOf(id)));
          }
        }
        JsonNode diagnosis = diagnoses.awaitCause(run, "connections_exhausted");
        assertTrue(
            DiagnosisClient.evidence(diagnosis, "broker.error").contains("max number of clients"));
        assertEquals("fix", diagnosis.at("/next_steps/0/action").textValue());
      } finally {
        operator.configSet("maxclients", before);
        openConnections.forEach(Jedis::close);
      }
      gate.open();
      assertEquals("complete", arena.awaitEnd(run, BOUND).get("status").textValue());
    }
  }

  @Test
  void reportsReaderThatFellBehind() {
    try (GatedModel gate = GatedModel.at(3);
        Jedis redis = stack.redis();
        LiveReader reader = arena.live()) {
      String run = gate.start(3);
      // blocks the fan-out while the buffer advances
      redis.set(key(run, "lease"), "0", SetParams.setParams().ex(60));
      reader.subscribe(run, 1);
      awaitReader(redis, run);
      redis.xtrim(key(run, "events"), XTrimParams.xTrimParams().minId("5-0"));
      JsonNode diagnosis = diagnoses.awaitCause(run, "reader_fell_behind");
      assertEquals("growth_then_error", diagnosis.get("symptom").textValue());
      assertEquals("5", DiagnosisClient.evidence(diagnosis, "broker.first_seq"));
      assertTrue(diagnosis.get("summary").textValue().contains("from the journal"));
      assertEquals("resume", diagnosis.at("/next_steps/0/action").textValue());
      redis.del(key(run, "lease"));
      gate.open();
      // the buffer should have these events, so they are read from the journal
      List<Envelope> received = reader.untilClosed(run, BOUND, _ -> {}).events();
      assertEquals(arena.events(run, 1), received);
    }
  }

  @Test
  void reportsReadersThatDoNotDrain() {
    try (GatedModel gate = GatedModel.at(1);
        Jedis redis = stack.redis();
        LiveReader reader = arena.live()) {
      String run = gate.start(1);
      redis.set(key(run, "lease"), "0", SetParams.setParams().ex(60));
      reader.subscribe(run, 1);
      awaitReader(redis, run);
      gate.open();
      JsonNode diagnosis = diagnoses.awaitCause(run, "readers_not_drained", BOUND);
      assertEquals("complete", diagnosis.get("status").textValue());
      assertEquals("1", DiagnosisClient.evidence(diagnosis, "broker.readers"));
      redis.del(key(run, "lease"));
      // the documented next step: subscribe again
      reader.subscribe(run, 1);
      assertEquals("complete", reader.untilClosed(run, BOUND, _ -> {}).status());
      assertEquals("complete", diagnoses.awaitCause(run, "complete").get("status").textValue());
    }
  }

  private static void awaitReader(Jedis redis, String run) {
    Instant deadline = Instant.now().plus(BOUND);
    while (redis.zcard(key(run, "subscribers")) == 0) {
      assertTrue(Instant.now().isBefore(deadline), "subscription received");
    }
  }

  /** The runbook allows this: it affects only live readers, which are notified. */
  @Test
  void deletingKeysLosesNoEvents() {
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
