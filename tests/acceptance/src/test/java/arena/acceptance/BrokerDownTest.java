package arena.acceptance;

import static arena.acceptance.HttpContractTest.assertDescribed;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.local.client.ArenaClient;
import arena.local.client.Envelope;
import arena.local.client.LiveReader;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import redis.clients.jedis.Jedis;

/**
 * The stack while Redis is down: runs are created, played and archived without it, readers wait for
 * it, and get everything when it is back.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Order(Orders.SECOND)
final class BrokerDownTest {
  private static final Duration BOUND = Duration.ofSeconds(60);
  private static final String PING = "{\"action\":\"ping\"}";
  private static final String UNAVAILABLE = "arena.error.DependencyUnavailable";

  private final AcceptanceStack stack = AcceptanceStack.shared();
  private final ArenaClient arena = stack.client();

  /** A run that has ended. */
  private String finished;

  private List<Envelope> events;

  @BeforeAll
  void play() {
    finished = arena.startRun("{\"n_turns\":3}");
    arena.awaitEnd(finished, BOUND);
    events = arena.events(finished, 1);
    stack.awaitNoRuns();
  }

  @Test
  void createsPlaysAndArchivesRunsAndForks() {
    List<String> runs = new ArrayList<>();
    stack.withoutRedis(
        () -> {
          runs.add(arena.startRun("{\"n_turns\":3}"));
          runs.add(
              arena.startFork(
                  "{\"parent_run_id\":\"%s\",\"parent_t\":1,\"n_turns\":1,\"mutation\":{\"food\":900}}"
                      .formatted(finished)));
          for (String run : runs) {
            JsonNode row = arena.pollEnd(run, BOUND);
            assertEquals("complete", row.get("status").textValue());
            assertFalse(row.get("db_path").textValue().isEmpty(), "archived");
            assertEquals(row.get("n_events").intValue(), arena.events(run, 1).size());
          }
        });
    for (String run : runs) {
      try (LiveReader reader = arena.live()) {
        reader.subscribe(run, 1);
        LiveReader.Closed closed = reader.untilClosed(run, BOUND, _ -> {});
        assertEquals("complete", closed.status());
        assertEquals(arena.events(run, 1), closed.events());
      }
    }
  }

  @Test
  void readsFromCatalogJournalAndArchive() {
    try (LiveRun live = LiveRun.start()) {
      live.play();
      List<Envelope> eventsSoFar = arena.events(live.id(), 1);
      JsonNode metrics = arena.get("/metrics").expect(200);
      stack.withoutRedis(
          () -> {
            assertEquals(events, arena.events(finished, 1), "from the archive");
            assertEquals(eventsSoFar, arena.events(live.id(), 1), "from the journal");
            for (String path :
                List.of(
                    "/health",
                    "/runs",
                    "/runs/" + finished,
                    "/runs/" + live.id(),
                    "/runs/summaries",
                    "/runs/series?run_id=%s&run_id=%s".formatted(finished, live.id()))) {
              assertEquals(200, arena.get(path).status(), path);
            }
            JsonNode withoutBroker = arena.get("/metrics").expect(200);
            assertEquals(metrics, withoutBroker, "the counters do not depend on the broker");
          });
      assertDescribed("GET /metrics", arena.get("/metrics"));
      assertEquals(eventsSoFar, arena.events(live.id(), 1));
    }
  }

  @Test
  void servesReaderThatSubscribedMeanwhile() {
    try (LiveRun live = LiveRun.start();
        LiveReader reader = arena.live()) {
      stack.withoutRedis(
          () -> {
            reader.subscribe(live.id(), 1);
            reader.send(PING);
            JsonNode answer = reader.nextJson(BOUND);
            while (!answer.get("type").textValue().equals("pong")) {
              assertEquals("behind", answer.path("code").asText(), answer.toString());
              answer = reader.nextJson(BOUND);
            }
            assertTrue(live.play().get("behind").booleanValue());
          });
      assertFalse(live.play().path("behind").booleanValue());
      List<Envelope> events = arena.events(live.id(), 1);
      live.fail();
      assertEquals(events, reader.untilClosed(live.id(), BOUND, _ -> {}).events());
    }
  }

  @Test
  void playsTurnsOnceAndRefillsTheBroker() {
    try (LiveRun live = LiveRun.start();
        LiveReader reader = arena.live()) {
      live.play();
      List<Envelope> before = arena.events(live.id(), 1);
      List<Envelope> written = new ArrayList<>();
      stack.withoutRedis(
          () -> {
            live.play();
            written.addAll(arena.events(live.id(), 1));
          });
      assertTrue(written.size() > before.size(), "the turn is in the journal");
      live.play();
      List<Envelope> after = arena.events(live.id(), 1);
      assertEquals(written, after.subList(0, written.size()), "nothing is written twice");
      try (Jedis redis = stack.redis()) {
        assertEquals(after.size(), redis.xlen(live.key("events")));
      }
      live.fail();
      reader.subscribe(live.id(), 1);
      assertEquals(after, reader.untilClosed(live.id(), BOUND, _ -> {}).events());
    }
  }

  @Test
  void closesRunAfterRecovery() {
    stack.awaitNoRuns();
    stack.awaitNoKeys("arena:run:*:open", "runs of other tests are not closed");
    try (LiveRun live = LiveRun.start();
        LiveReader reader = arena.live()) {
      String close = Samples.about("finalize-run-close.json", live.id());
      List<Envelope> seen = arena.events(live.id(), 1);
      stack.withoutRedis(
          () -> {
            stack.invoke("finalize-run", Samples.about("finalize-run-complete.json", live.id()));
            assertEquals("complete", live.row().get("status").textValue());
            assertEquals(seen, arena.events(live.id(), 1), "read from the archive");
            assertEquals(UNAVAILABLE, stack.error("finalize-run", close));
          });
      try (Jedis redis = stack.redis()) {
        assertTrue(redis.exists(live.key("open")));
      }
      reader.subscribe(live.id(), 1);
      stack.invoke("finalize-run", close);
      LiveReader.Closed closed = reader.untilClosed(live.id(), BOUND, _ -> {});
      assertEquals("complete", closed.status());
      assertEquals(seen, closed.events());
    }
    try (Jedis redis = stack.redis()) {
      assertEquals(0, redis.keys("arena:run:*:open").size(), "no open runs");
    }
  }
}
