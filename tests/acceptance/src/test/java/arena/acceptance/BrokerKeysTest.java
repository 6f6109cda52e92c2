package arena.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
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
import redis.clients.jedis.Jedis;
import redis.clients.jedis.resps.StreamInfo;

/** The documented Redis keys and the /metrics counters, during and after a run. */
final class BrokerKeysTest {
  private static final Duration BOUND = Duration.ofSeconds(60);

  private final ArenaClient arena = AcceptanceStack.shared().client();

  @Test
  void operatorCommandsWorkAsDocumented() {
    String run = arena.startRun("{\"n_turns\":40,\"label\":\"keys\"}");
    String open = "arena:run:" + run + ":open";
    String events = "arena:run:" + run + ":events";
    try (Jedis redis = AcceptanceStack.shared().redis();
        LiveReader reader = arena.live()) {
      reader.subscribe(run, 1);
      List<Envelope> seen = new ArrayList<>(Envelope.allIn(reader.next(BOUND)));
      assertTrue(redis.exists(open), "the producer is alive");
      assertTrue(redis.get(open).contains("keys"), "the sentinel carries the label");
      long ttl = redis.ttl(open);
      assertTrue(ttl > 0 && ttl <= 6 * 3600, "the sentinel expires in " + ttl + " s");
      assertTrue(redis.xlen(events) >= seen.size());

      seen.addAll(reader.untilClosed(run, BOUND, _ -> {}).events());
      assertFalse(redis.exists(open), "the run is closed");
      assertEquals(seen.size(), redis.xlen(events));
      assertEquals(String.valueOf(seen.size()), redis.get("arena:run:" + run + ":seq"));
      StreamInfo info = redis.xinfoStream(events);
      assertEquals("1-0", info.getFirstEntry().getID().toString());
      assertEquals(seen.size() + "-0", info.getLastEntry().getID().toString());
      assertEquals(seen.getLast().json(), info.getLastEntry().getFields().get("envelope"));
    }
  }

  @Test
  void keysDeletedAfterTheRunLoseNoEvents() {
    String run = arena.startRun("{\"n_turns\":4}");
    arena.awaitEnd(run, BOUND);
    List<Envelope> before = arena.events(run, 1);
    try (Jedis redis = AcceptanceStack.shared().redis()) {
      String prefix = "arena:run:" + run;
      redis.del(prefix + ":open", prefix + ":seq", prefix + ":events");
      assertNull(redis.get(prefix + ":seq"));
    }
    assertEquals(before, arena.events(run, 1));
    try (LiveReader reader = arena.live()) {
      reader.subscribe(run, 1);
      assertEquals(before, reader.untilClosed(run, BOUND, _ -> {}).events());
    }
  }

  @Test
  void keysDeletedDuringTheRunAreRefilledFromTheJournal() {
    String run = arena.startRun("{\"n_turns\":40}");
    String prefix = "arena:run:" + run;
    try (Jedis redis = AcceptanceStack.shared().redis();
        LiveReader reader = arena.live()) {
      reader.subscribe(run, 1);
      reader.next(BOUND);
      redis.del(prefix + ":open", prefix + ":seq", prefix + ":events");
      long events = arena.awaitEnd(run, BOUND).path("n_events").asLong();
      assertEquals(events, redis.xlen(prefix + ":events"));
      assertEquals(events, arena.events(run, 1).size());
    }
  }

  @Test
  void flushDuringTheRunLosesNoEvents() {
    try (LiveRun run = LiveRun.start();
        Jedis redis = AcceptanceStack.shared().redis();
        LiveReader before = arena.live();
        LiveReader after = arena.live()) {
      before.subscribe(run.id(), 1);
      List<Envelope> seen = new ArrayList<>(Envelope.allIn(before.next(BOUND)));
      redis.flushAll();
      run.play();
      before.awaitClose(BOUND);

      after.subscribe(run.id(), seen.getLast().seq() + 1);
      run.fail();
      seen.addAll(after.untilClosed(run.id(), BOUND, _ -> {}).events());
      assertEquals(arena.events(run.id(), 1), seen);
    }
  }

  @Test
  void flushBeforeTheEndDisconnectsReaders() {
    try (LiveRun run = LiveRun.start();
        Jedis redis = AcceptanceStack.shared().redis();
        LiveReader reader = arena.live()) {
      reader.subscribe(run.id(), 1);
      reader.next(BOUND);
      redis.flushAll();
      run.fail();
      reader.awaitClose(BOUND);
    }
  }

  @Test
  void metricsCountEvents() {
    JsonNode before = arena.get("/metrics").expect(200);
    assertEquals(
        List.of("events_published", "events_streamed", "runs_open", "streams_dropped"),
        before.properties().stream().map(java.util.Map.Entry::getKey).sorted().toList());
    String run = arena.startRun("{\"n_turns\":5}");
    long events;
    try (LiveReader reader = arena.live()) {
      reader.subscribe(run, 1);
      events = reader.untilClosed(run, BOUND, _ -> {}).lastSeq();
    }
    JsonNode after = arena.get("/metrics").expect(200);
    assertTrue(increase(before, after, "events_published") >= events, after.toString());
    Instant deadline = Instant.now().plus(BOUND);
    while (increase(before, after, "events_streamed") < events) { // counted after they are sent
      assertTrue(Instant.now().isBefore(deadline), after.toString());
      after = arena.get("/metrics").expect(200);
    }
    assertTrue(after.path("runs_open").asLong() >= 0);
  }

  private static long increase(JsonNode before, JsonNode after, String counter) {
    return after.path(counter).asLong() - before.path(counter).asLong();
  }
}
