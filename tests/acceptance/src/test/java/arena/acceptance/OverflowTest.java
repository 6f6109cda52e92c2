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

/** A reader that asks for what the live buffer has dropped is told so, and can go on. */
final class OverflowTest {
  private static final Duration BOUND = Duration.ofSeconds(60);

  private final AcceptanceStack stack = AcceptanceStack.shared();
  private final ArenaClient arena = stack.client();

  @Test
  void whoComesAfterTheBufferWasTrimmedGoesOnFromWhatItHas() {
    try (LiveRun run = LiveRun.start();
        LiveReader reader = arena.live();
        Jedis redis = stack.redis()) {
      run.play();
      run.trim(redis, 5);
      long dropped = dropped();

      reader.subscribe(run.id(), 2);
      assertOverflow(run.id(), 2, 5, reader.nextJson(BOUND));
      awaitDropped(dropped + 1);
      assertGoesOn(run, reader, 2, 5);
      assertEquals(dropped + 1, dropped(), "counted once");
    }
  }

  /** As a reader that does not drain: its cursor stands while the buffer moves on. */
  @Test
  void whoFallsBehindIsToldByTheNextPublish() {
    try (LiveRun run = LiveRun.start();
        LiveReader reader = arena.live();
        Jedis redis = stack.redis()) {
      run.holdFanOut(redis);
      reader.subscribe(run.id(), 1);
      reader.send("{\"action\":\"ping\"}");
      assertEquals("pong", reader.nextJson(BOUND).get("type").textValue(), "nothing was sent");
      long dropped = dropped();
      run.play();
      run.trim(redis, 4);
      run.letFanOut(redis);
      run.play();

      JsonNode overflow = reader.nextJson(BOUND);
      assertOverflow(run.id(), 1, 4, overflow);
      awaitDropped(dropped + 1);
      assertEquals(0, redis.hlen(run.key("subscribers")), "the subscription has ended");
      assertGoesOn(run, reader, 1, 4);
    }
  }

  /** What one reader lost, another that is not behind does not notice. */
  @Test
  void whoIsNotBehindIsNotDisturbed() {
    try (LiveRun run = LiveRun.start();
        LiveReader behind = arena.live();
        LiveReader ahead = arena.live();
        Jedis redis = stack.redis()) {
      ahead.subscribe(run.id(), 1);
      List<Envelope> seen = new ArrayList<>(Envelope.allIn(ahead.next(BOUND)));
      run.trim(redis, LiveRun.BEGUN);
      behind.subscribe(run.id(), 1);
      assertOverflow(run.id(), 1, LiveRun.BEGUN, behind.nextJson(BOUND));
      run.play();
      run.fail();

      seen.addAll(ahead.untilClosed(run.id(), BOUND, _ -> {}).events());
      assertEquals(arena.events(run.id(), 1), seen);
    }
  }

  @Test
  void aFinishedRunIsReadWholeFromTheArchiveWhateverTheBufferHas() {
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

  /** As the protocol's page says: the gap by {@code GET /events}, the rest by subscribing again. */
  private void assertGoesOn(LiveRun run, LiveReader reader, long requestedSeq, long availableFrom) {
    List<Envelope> seen = new ArrayList<>();
    for (Envelope envelope : arena.events(run.id(), requestedSeq)) {
      if (envelope.seq() < availableFrom) {
        seen.add(envelope);
      }
    }
    assertEquals(availableFrom - requestedSeq, seen.size(), "nothing is lost");
    reader.subscribe(run.id(), availableFrom);
    run.play();
    run.fail();
    seen.addAll(reader.untilClosed(run.id(), BOUND, _ -> {}).events());
    assertEquals(arena.events(run.id(), requestedSeq), seen);
  }

  private long dropped() {
    return arena.get("/metrics").expect(200).get("streams_dropped").longValue();
  }

  /** It is counted when the reader was told, so perhaps a moment later. */
  private void awaitDropped(long count) {
    Instant deadline = Instant.now().plus(BOUND);
    while (dropped() < count) {
      assertTrue(Instant.now().isBefore(deadline), "streams_dropped stays below " + count);
    }
    assertEquals(count, dropped());
  }
}
