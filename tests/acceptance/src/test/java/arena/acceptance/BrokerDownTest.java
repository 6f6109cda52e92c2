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
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import redis.clients.jedis.Jedis;

/**
 * The stack while Redis is down: calls that need it fail with 503 and without partial effects,
 * everything else works, and everything works again after a restart.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
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
  void failsRunThatCannotStart() {
    List<String> ids = new ArrayList<>();
    stack.withoutRedis(
        () -> {
          assertUnavailable("POST /runs", arena.post("/runs", "{\"n_turns\":3}"));
          ids.add(assertNotStarted().get("run_id").textValue());
        });

    String run = ids.getFirst();
    assertEquals(0, arena.events(run, 1).size());
    assertFinalizedByTheReaper(run);
    String next = arena.startRun("{\"n_turns\":2}");
    assertEquals("complete", arena.awaitEnd(next, BOUND).get("status").textValue());
  }

  @Test
  void failsForkThatCannotStart() {
    List<String> ids = new ArrayList<>();
    String fork =
        "{\"parent_run_id\":\"%s\",\"parent_t\":1,\"n_turns\":1,\"mutation\":{\"food\":900}}"
            .formatted(finished);
    stack.withoutRedis(
        () -> {
          assertUnavailable("POST /forks", arena.post("/forks", fork));
          JsonNode row = assertNotStarted();
          assertEquals(finished, row.get("parent_run_id").textValue());
          ids.add(row.get("run_id").textValue());
        });

    String run = ids.getFirst();
    assertEquals(
        List.of("fork", "world_mutation"),
        arena.events(run, 1).stream()
            .map(event -> event.fields().get("kind").textValue())
            .toList());
    assertFinalizedByTheReaper(run);
    assertEquals(
        "complete", arena.awaitEnd(arena.startFork(fork), BOUND).get("status").textValue());
  }

  private static void assertUnavailable(String routeKey, ArenaClient.Answer answer) {
    assertEquals(503, answer.status(), answer.text());
    assertEquals("unavailable", answer.json().at("/error/code").textValue());
    int retryAfter =
        Integer.parseInt(answer.response().headers().firstValue("retry-after").orElseThrow());
    assertTrue(retryAfter > 0 && retryAfter < 60, "retry-after " + retryAfter + " s");
    assertDescribed(routeKey, answer);
  }

  /** Asserts that the newest run failed with a reason. */
  private JsonNode assertNotStarted() {
    JsonNode newest = arena.get("/runs?limit=1").expect(200).get(0);
    ArenaClient.Answer answer = arena.get("/runs/" + newest.get("run_id").textValue());
    assertDescribed("GET /runs/{run_id}", answer);
    JsonNode row = answer.expect(200);
    assertEquals("failed", row.get("status").textValue());
    assertEquals("NotStarted", row.at("/error/code").textValue());
    return row;
  }

  private void assertFinalizedByTheReaper(String run) {
    List<Envelope> before = arena.events(run, 1);
    stack.setTime(run, "ended_at", Instant.now().minus(31, ChronoUnit.MINUTES));
    try (LiveReader reader = arena.live()) {
      reader.subscribe(run, 1);
      JsonNode reaped = stack.invoke("reap-runs", Samples.read("reap-runs.json"));
      assertEquals(1, reaped.get("runs").intValue());
      LiveReader.Closed closed = reader.untilClosed(run, BOUND, _ -> {});
      assertEquals("failed", closed.status());
      assertEquals(before, closed.events());
    }
    JsonNode row = arena.get("/runs/" + run).expect(200);
    assertFalse(row.get("db_path").textValue().isEmpty());
    assertEquals("NotStarted", row.at("/error/code").textValue());
    assertEquals(before, arena.events(run, 1));
    for (String path : List.of("/runs", "/runs/summaries")) {
      ArenaClient.Answer answer = arena.get(path + "?limit=100");
      assertDescribed("GET " + path, answer);
      assertTrue(answer.text().contains(run), path);
    }
    ArenaClient.Answer series = arena.get("/runs/series?run_id=" + run);
    assertDescribed("GET /runs/series", series);
    assertEquals(200, series.status());
    // the run is finalized now; the next invocation frees it
    stack.invoke("reap-runs", Samples.read("reap-runs.json"));
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
            for (String counter : List.of("events_published", "runs_open")) {
              assertEquals(metrics.get(counter), withoutBroker.get(counter), counter);
            }
          });
      assertDescribed("GET /metrics", arena.get("/metrics"));
      assertEquals(eventsSoFar, arena.events(live.id(), 1));
    }
  }

  @Test
  void readerResubscribesAndContinues() {
    try (LiveRun live = LiveRun.start();
        LiveReader reader = arena.live();
        LiveReader connectedReader = arena.live()) {
      connectedReader.subscribe(live.id(), 1);
      List<Envelope> seen = new ArrayList<>(Envelope.allIn(connectedReader.next(BOUND)));
      stack.withoutRedis(
          () -> {
            reader.subscribe(live.id(), 1);
            assertEquals("unavailable", reader.nextJson(BOUND).path("code").asText());
            reader.send(PING);
            assertEquals("pong", reader.nextJson(BOUND).get("type").textValue());
          });
      reader.subscribe(live.id(), 1);
      assertEquals(seen, Envelope.allIn(reader.next(BOUND)));
      live.play();
      live.fail();
      // the reader that was connected before is not affected
      seen.addAll(connectedReader.untilClosed(live.id(), BOUND, _ -> {}).events());
      assertEquals(arena.events(live.id(), 1), seen);
    }
  }

  @Test
  void playsRetriedTurnOnce() {
    try (LiveRun live = LiveRun.start();
        LiveReader reader = arena.live()) {
      live.play();
      List<Envelope> before = arena.events(live.id(), 1);
      List<Envelope> written = new ArrayList<>();
      stack.withoutRedis(
          () -> {
            assertEquals(UNAVAILABLE, live.playFailing());
            written.addAll(arena.events(live.id(), 1));
          });
      assertEquals(
          before.size() + LiveRun.EVENTS_BEFORE_MODEL,
          written.size(),
          "the journal is written before the broker");
      live.play();
      List<Envelope> after = arena.events(live.id(), 1);
      assertEquals(written, after.subList(0, written.size()), "nothing is written twice");
      live.fail();
      reader.subscribe(live.id(), 1);
      assertEquals(after, reader.untilClosed(live.id(), BOUND, _ -> {}).events());
    }
  }

  @Test
  void archivesRunAndClosesItAfterRecovery() {
    try (LiveRun live = LiveRun.start();
        LiveReader reader = arena.live();
        Jedis redis = stack.redis()) {
      String event = Samples.about("finalize-run-complete.json", live.id());
      reader.subscribe(live.id(), 1);
      List<Envelope> seen = Envelope.allIn(reader.next(BOUND));
      assertTrue(redis.exists(live.key("open")));
      stack.withoutRedis(
          () -> {
            assertEquals(UNAVAILABLE, stack.error("finalize-run", event));
            assertEquals("complete", live.row().get("status").textValue());
            assertEquals(seen, arena.events(live.id(), 1), "read from the archive");
          });
      stack.invoke("finalize-run", event);
      LiveReader.Closed closed = reader.untilClosed(live.id(), BOUND, _ -> {});
      assertEquals("complete", closed.status());
      assertEquals(List.of(), closed.events(), "no more events");
    }
    try (Jedis redis = stack.redis()) {
      assertEquals(0, redis.keys("arena:run:*:open").size(), "no open runs");
    }
  }
}
