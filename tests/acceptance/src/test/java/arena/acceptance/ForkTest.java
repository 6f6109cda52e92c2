package arena.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.local.client.ArenaClient;
import arena.local.client.Envelope;
import arena.local.client.LiveReader;
import arena.world.Age;
import arena.world.World;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Forks end to end: creation, replay, live events, archive and reads. */
final class ForkTest {
  private static final Duration BOUND = Duration.ofSeconds(60);
  private static final Duration LONG = Duration.ofSeconds(150);

  private static ArenaClient arena;
  private static String parent;

  @BeforeAll
  static void playParent() {
    arena = AcceptanceStack.shared().client();
    parent = arena.startRun("{\"scenario\":\"balanced\",\"n_turns\":12,\"label\":\"parent\"}");
    arena.awaitEnd(parent, BOUND);
  }

  @Test
  void forksAStateThatIsTooLargeForAnItem() {
    World world =
        new World(
            0,
            0,
            0,
            0,
            1,
            5,
            Age.DARK,
            Collections.nCopies(9_000, "archery_range"),
            List.of(),
            0,
            0);
    String large = AcceptanceStack.shared().operator().begin(world);
    String child =
        arena.startFork("{\"parent_run_id\":\"" + large + "\",\"parent_t\":0,\"n_turns\":0}");
    assertEquals("complete", arena.awaitEnd(child, BOUND).path("status").asText());
    JsonNode state = arena.events(child, 1).getLast().fields().path("payload").path("state");
    assertEquals(9_000, state.path("buildings").size());
    assertTrue(arena.get("/events?run_id=" + large).text().contains("archery_range"));
    arena.post("/runs/" + large + "/stop", "{}").expect(202);
    arena.awaitEnd(large, BOUND);
  }

  @Test
  void inheritsTheFieldsThatItsProfileOmits() {
    JsonNode started =
        arena
            .post(
                "/runs",
                "{\"n_turns\":1,\"profile\":{\"name\":\"mine\",\"temperature\":0.5,\"prompt_variant\":\"bare\"}}")
            .expect(202);
    String run = started.path("run_id").asText();
    arena.awaitEnd(run, BOUND);

    JsonNode child = forkWithProfile(run, "{\"temperature\":2}");
    assertEquals(
        "{\"name\":\"mine\",\"model\":\"scripted\",\"temperature\":2.0,\"prompt_variant\":\"bare\",\"answer_format\":\"text\"}",
        child.path("profile_used").toString());
    String childId = child.path("child_run_id").asText();
    JsonNode row = arena.awaitEnd(childId, BOUND);
    assertEquals(child.path("profile_used"), row.path("profile"));
    arena
        .events(childId, 1)
        .forEach(event -> assertEquals("mine", event.fields().path("agent_id").asText()));

    assertEquals(
        "{\"name\":\"other\",\"model\":\"scripted\",\"temperature\":2.0,\"prompt_variant\":\"bare\",\"answer_format\":\"text\"}",
        forkWithProfile(childId, "{\"name\":\"other\"}").path("profile_used").toString());
    assertEquals(child.path("profile_used"), forkWithProfile(childId, "{}").path("profile_used"));
  }

  /** Forks a run twice with one key and returns the response, which is the same. */
  private static JsonNode forkWithProfile(String run, String profile) {
    String key = UUID.randomUUID().toString();
    String body =
        "{\"parent_run_id\":\"%s\",\"parent_t\":0,\"n_turns\":1,\"profile\":%s}"
            .formatted(run, profile);
    List<JsonNode> answers = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      answers.add(
          arena
              .send(
                  arena
                      .request("/forks")
                      .header("content-type", "application/json")
                      .header("idempotency-key", key)
                      .POST(HttpRequest.BodyPublishers.ofString(body)))
              .expect(202));
    }
    assertEquals(answers.get(0), answers.get(1));
    arena.awaitEnd(answers.get(0).path("child_run_id").asText(), BOUND);
    return answers.get(0);
  }

  @Test
  void readsIdenticalBytesLiveAndFromTheArchive() {
    String child = fork(parent, 5, "{\"food\":1500,\"age\":\"Feudal Age\"}", 6);
    LiveReader.Closed closed = watch(child, 1);

    assertEquals("complete", closed.status());
    assertContiguous(closed.events(), 1, closed.lastSeq());
    assertEquals(closed.events(), arena.events(child, 1));

    JsonNode fork = closed.events().get(0).fields();
    assertEquals("fork", fork.path("kind").asText());
    assertEquals(5, fork.path("t").asInt());
    assertEquals(parent, fork.path("payload").path("parent_run_id").asText());
    assertTrue(
        fork.path("payload")
            .path("mutation_summary")
            .asText()
            .contains("→1500.0 age=Dark Age→Feudal Age"),
        fork.toString());
    assertEquals("world_mutation", closed.events().get(1).fields().path("kind").asText());
    JsonNode firstTurn = closed.events().get(2).fields();
    assertEquals("turn_start", firstTurn.path("kind").asText());
    assertEquals(5, firstTurn.path("t").asInt());
    assertEquals(1500.0, firstTurn.path("payload").path("state").path("food").asDouble());

    JsonNode last = closed.events().getLast().fields();
    assertEquals("turn_start", last.path("kind").asText());
    assertEquals(11, last.path("t").asInt());
  }

  @Test
  void unchangedForkOfDeterministicAgentRepeatsItsParent() {
    String child = fork(parent, 4, "{}", 8);
    arena.awaitEnd(child, BOUND);
    List<Envelope> childEvents = arena.events(child, 1);
    assertEquals("fork", childEvents.get(0).fields().path("kind").asText());

    List<JsonNode> continuation =
        arena.events(parent, 1).stream()
            .map(Envelope::fields)
            .filter(event -> event.path("t").asInt() >= 4)
            .map(ForkTest::withoutIdentity)
            .toList();
    List<JsonNode> replay =
        childEvents.stream().skip(1).map(Envelope::fields).map(ForkTest::withoutIdentity).toList();
    assertEquals(continuation, replay);
  }

  @Test
  void forkWithoutTurnsHasForkEventsAndClosingTurnStart() {
    String child = fork(parent, 3, "{\"wood\":999}", 0);
    LiveReader.Closed closed = watch(child, 1);
    assertEquals("complete", closed.status());
    assertEquals(
        List.of("fork", "world_mutation", "turn_start"),
        closed.events().stream().map(e -> e.fields().path("kind").asText()).toList());
    JsonNode row = arena.get("/runs/" + child).expect(200);
    assertEquals("complete", row.path("status").asText());
    assertEquals(3, row.path("n_events").asLong());
  }

  @Test
  void forksAForkAndTheFinalState() {
    String child = fork(parent, 12, "{\"food\":400}", 3);
    arena.awaitEnd(child, BOUND);
    String grandchild = fork(child, 14, "{}", 2);
    JsonNode row = arena.awaitEnd(grandchild, BOUND);
    assertEquals("complete", row.path("status").asText());
    assertEquals(child, row.path("parent_run_id").asText());
    assertEquals(14, row.path("parent_t").asInt());
  }

  @Test
  void forksRunningRun() {
    String live = arena.startRun("{\"scenario\":\"wood-poor\",\"n_turns\":60}");
    try (LiveReader reader = arena.live()) {
      reader.subscribe(live, 1);
      awaitTurn(reader, 2);
      String child = fork(live, 1, "{\"gold\":10}", 2);
      assertEquals("complete", arena.awaitEnd(child, BOUND).path("status").asText());
    }
    assertEquals("complete", arena.awaitEnd(live, LONG).path("status").asText());
  }

  @Test
  void archivesListsAndReadsLongFork() {
    String child = fork(parent, 0, "{\"food\":3000,\"wood\":3000}", 200);
    LiveReader.Closed closed = watch(child, 1);
    assertEquals("complete", closed.status());
    assertContiguous(closed.events(), 1, closed.lastSeq());
    assertTrue(closed.lastSeq() > 800, "at least 4 events per turn");

    for (long from : new long[] {1, 2, 500, closed.lastSeq()}) {
      assertEquals(
          closed.events().subList(Math.toIntExact(from - 1), closed.events().size()),
          arena.events(child, from),
          "from seq " + from);
    }
    JsonNode row = arena.get("/runs/" + child).expect(200);
    assertTrue(row.path("db_path").asText().startsWith("s3://"), row.toString());
    assertTrue(isListed("/runs", child));
    assertTrue(isListed("/runs/summaries", child));

    // Cold reads work over the WebSocket as well.
    LiveReader.Closed cold = watch(child, 700);
    assertEquals(closed.events().subList(699, closed.events().size()), cold.events());
    assertEquals("complete", cold.status());
  }

  @Test
  void tenConcurrentForksDeliverEveryEventOnce() throws Exception {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<List<Envelope>>> readers = new ArrayList<>();
      List<String> children = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        String child = fork(parent, i, String.format(Locale.ROOT, "{\"food\":%d}", 1000 + i), 8);
        children.add(child);
        for (int j = 0; j < 2; j++) {
          readers.add(() -> watch(child, 1).events());
        }
      }
      List<Future<List<Envelope>>> read = readers.stream().map(threads::submit).toList();
      for (int i = 0; i < children.size(); i++) {
        List<Envelope> stored = null;
        for (int j = 0; j < 2; j++) {
          List<Envelope> events = read.get(2 * i + j).get();
          assertContiguous(events, 1, events.size());
          stored = stored == null ? arena.events(children.get(i), 1) : stored;
          assertEquals(stored, events);
        }
      }
    }
  }

  private static String fork(String parentRunId, int t, String mutation, int turns) {
    return arena.startFork(
        String.format(
            Locale.ROOT,
            "{\"parent_run_id\":\"%s\",\"parent_t\":%d,\"mutation\":%s,\"n_turns\":%d}",
            parentRunId,
            t,
            mutation,
            turns));
  }

  private static LiveReader.Closed watch(String runId, long fromSeq) {
    try (LiveReader reader = arena.live()) {
      reader.subscribe(runId, fromSeq);
      return reader.untilClosed(runId, BOUND, _ -> {});
    }
  }

  private static void awaitTurn(LiveReader reader, int t) {
    for (int message = 0; message < 1_000; message++) {
      for (Envelope envelope : Envelope.allIn(reader.next(BOUND))) {
        if (envelope.fields().path("t").asInt() >= t) {
          return;
        }
      }
    }
    throw new AssertionError("turn " + t + " not received");
  }

  private static void assertContiguous(List<Envelope> events, long first, long last) {
    assertFalse(events.isEmpty());
    assertEquals(
        IntStream.range(0, events.size()).mapToObj(i -> first + i).toList(),
        events.stream().map(Envelope::seq).toList());
    assertEquals(last, events.getLast().seq());
  }

  private static boolean isListed(String path, String runId) {
    for (JsonNode row : arena.get(path + "?limit=100").expect(200)) {
      if (row.path("run_id").asText().equals(runId)) {
        return true;
      }
    }
    return false;
  }

  /** Removes the fields that differ between two runs of the same game. */
  private static JsonNode withoutIdentity(JsonNode event) {
    return ((ObjectNode) event).without(List.of("run_id", "seq", "ts"));
  }
}
