package arena.acceptance;

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
import redis.clients.jedis.Jedis;

/**
 * Overflow: a reader requests events that the live buffer has dropped, is notified and recovers.
 */
final class OverflowTest {
  private static final Duration BOUND = Duration.ofSeconds(60);

  private final AcceptanceStack stack = AcceptanceStack.shared();
  private final ArenaClient arena = stack.client();

  @Test
  void recoversWhenSubscribingAfterATrim() {
    try (LiveRun run = LiveRun.start();
        LiveReader reader = arena.live();
        Jedis redis = stack.redis()) {
      run.playUntilDropped(redis, 5);
      long kept = run.firstKept(redis);
      long dropped = dropped();

      reader.subscribe(run.id(), 2);
      assertOverflow(run.id(), 2, kept, reader.nextJson(BOUND));
      awaitDropped(dropped + 1);
      assertRecovers(run, reader, 2, kept);
      assertEquals(dropped + 1, dropped(), "counted once");
    }
  }

  /** Simulates a reader that does not drain: its cursor stays while the buffer advances. */
  @Test
  void notifiesLaggingReader() {
    try (LiveRun run = LiveRun.start();
        LiveReader reader = arena.live();
        Jedis redis = stack.redis()) {
      run.holdFanOut(redis);
      reader.subscribe(run.id(), 1);
      reader.send("{\"action\":\"ping\"}");
      assertEquals("pong", reader.nextJson(BOUND).get("type").textValue(), "no events sent");
      long dropped = dropped();
      run.playUntilDropped(redis, 4);
      long kept = run.firstKept(redis);
      run.releaseFanOut(redis);
      stack.invoke("stream-events", Samples.about("stream-events-wake.json", run.id()));

      JsonNode overflow = reader.nextJson(BOUND);
      assertOverflow(run.id(), 1, kept, overflow);
      awaitDropped(dropped + 1);
      assertEquals(0, redis.zcard(run.key("subscribers")), "subscription removed");
      assertRecovers(run, reader, 1, kept);
    }
  }

  /** The buffer should have these events; an operator may have deleted them. */
  @Test
  void servesTrimmedEventsFromTheJournal() {
    try (LiveRun run = LiveRun.start();
        LiveReader behind = arena.live();
        LiveReader ahead = arena.live();
        Jedis redis = stack.redis()) {
      long dropped = dropped();
      ahead.subscribe(run.id(), 1);
      List<Envelope> seen = new ArrayList<>(Envelope.allIn(ahead.next(BOUND)));
      run.trim(redis, LiveRun.EVENTS_BEFORE_MODEL);
      behind.subscribe(run.id(), 1);
      List<Envelope> late = new ArrayList<>(Envelope.allIn(behind.next(BOUND)));
      run.play();
      run.fail();

      List<Envelope> all = arena.events(run.id(), 1);
      late.addAll(behind.untilClosed(run.id(), BOUND, _ -> {}).events());
      assertEquals(all, late);
      seen.addAll(ahead.untilClosed(run.id(), BOUND, _ -> {}).events());
      assertEquals(all, seen);
      assertEquals(dropped, dropped());
    }
  }

  @Test
  void readsFinishedRunFromTheArchive() {
    try (LiveRun run = LiveRun.start();
        LiveReader reader = arena.live();
        Jedis redis = stack.redis()) {
      run.play();
      run.fail();
      long dropped = dropped();
      run.trim(redis, 5);

      reader.subscribe(run.id(), 1);
      assertEquals(
          arena.events(run.id(), 1), reader.untilClosed(run.id(), BOUND, _ -> {}).events());
      assertEquals(dropped, dropped());
    }
  }

  private static void assertOverflow(
      String runId, long requestedSeq, long availableFrom, JsonNode message) {
    assertEquals("overflow", message.path("type").asText(), message.toString());
    assertEquals(runId, message.get("run_id").textValue());
    assertEquals(requestedSeq, message.get("requested_seq").longValue());
    assertEquals(availableFrom, message.get("available_from").longValue());
  }

  /**
   * Recovers as PROTOCOL.md describes: the gap from {@code GET /events}, then a new subscription.
   */
  private void assertRecovers(
      LiveRun run, LiveReader reader, long requestedSeq, long availableFrom) {
    List<Envelope> seen = new ArrayList<>();
    for (Envelope envelope : arena.events(run.id(), requestedSeq)) {
      if (envelope.seq() < availableFrom) {
        seen.add(envelope);
      }
    }
    assertEquals(availableFrom - requestedSeq, seen.size(), "events in the gap");
    reader.subscribe(run.id(), availableFrom);
    long last = run.row().get("n_events").longValue();
    while (seen.getLast().seq() < last) {
      seen.addAll(Envelope.allIn(reader.next(BOUND)));
    }
    run.play();
    run.fail();
    seen.addAll(reader.untilClosed(run.id(), BOUND, _ -> {}).events());
    assertEquals(arena.events(run.id(), requestedSeq), seen);
  }

  private long dropped() {
    return arena.get("/metrics").expect(200).get("streams_dropped").longValue();
  }

  /** Waits for the counter, which increases after the reader is notified. */
  private void awaitDropped(long count) {
    Instant deadline = Instant.now().plus(BOUND);
    while (dropped() < count) {
      assertTrue(Instant.now().isBefore(deadline), "streams_dropped stays below " + count);
    }
    assertEquals(count, dropped());
  }
}
