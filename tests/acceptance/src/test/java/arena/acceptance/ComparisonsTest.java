package arena.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.comparison.Cell;
import arena.comparison.Comparison;
import arena.comparison.ComparisonId;
import arena.comparison.ComparisonKind;
import arena.comparison.ComparisonStatus;
import arena.comparison.Comparisons;
import arena.comparison.DynamoComparisons;
import arena.comparison.ResumeComparisons;
import arena.comparison.StopReason;
import arena.local.client.ArenaClient;
import arena.models.Behaviour;
import arena.models.Fault;
import arena.models.Reply;
import arena.runtime.AwsClients;
import arena.world.Score;
import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.sfn.SfnClient;

/** Experiments and races end to end: creation, play, budget, cancellation, restart. */
final class ComparisonsTest {
  private static final Duration BOUND = Duration.ofMinutes(2);
  private static final Duration POLL_INTERVAL = Duration.ofMillis(20);

  private static final String PROFILES =
      "\"profiles\":[{\"name\":\"feudal\",\"model\":\"scripted\"},"
          + "{\"name\":\"boom\",\"model\":\"scripted:boom\"},"
          + "{\"name\":\"rush\",\"model\":\"scripted:rush\"},"
          + "{\"name\":\"idle\",\"model\":\"scripted:idle\"}]";

  private static ArenaClient arena;
  private static String parent;

  @BeforeAll
  static void playParent() {
    arena = AcceptanceStack.shared().client();
    parent = arena.startRun("{\"scenario\":\"balanced\",\"n_turns\":6,\"label\":\"compared\"}");
    arena.awaitEnd(parent, Duration.ofSeconds(60));
  }

  private static Comparisons comparisons() {
    AcceptanceStack stack = AcceptanceStack.shared();
    return new DynamoComparisons(stack.tables(), stack.stack().resource("ComparisonsTable"));
  }

  private static Comparison await(
      Comparisons comparisons, ComparisonId id, Predicate<Comparison> condition) {
    Instant deadline = Instant.now().plus(BOUND);
    while (true) {
      Comparison comparison = comparisons.find(id).orElseThrow();
      if (condition.test(comparison)) {
        return comparison;
      }
      if (Instant.now().isAfter(deadline)) {
        throw new AssertionError("not within " + BOUND + ": " + comparison);
      }
      LockSupport.parkNanos(POLL_INTERVAL.toNanos());
    }
  }

  private static Comparison awaitEnd(Comparisons comparisons, ComparisonId id) {
    return await(comparisons, id, comparison -> !comparison.progress().open());
  }

  private static ComparisonId race(String rest) {
    return ComparisonId.of(
        arena
            .post("/races", "{" + PROFILES + "," + rest + "}")
            .expect(202)
            .path("race_id")
            .asText());
  }

  private static String experiment(int replicas, String rest) {
    return String.format(
        Locale.ROOT,
        "{\"parent_run_id\":\"%s\",\"parent_t\":3,\"n_turns\":4,\"replicas\":%d,\"arms\":["
            + "{\"name\":\"as it was\"},"
            + "{\"name\":\"rich\",\"mutation\":{\"food\":1500}},"
            + "{\"name\":\"idle\",\"profile\":{\"model\":\"scripted:idle\"}}]%s}",
        parent,
        replicas,
        rest);
  }

  @Test
  void racesScriptedProfilesToTheRightOrder() {
    ComparisonId id =
        race("\"scenarios\":[\"balanced\",\"late-start\"],\"rounds\":1,\"n_turns\":80");
    Comparison race = awaitEnd(comparisons(), id);
    assertEquals(ComparisonStatus.COMPLETE, race.status());
    assertEquals(new Comparison.Counts(0, 0, 8, 0, 0), race.progress().cells());
    assertEquals(8 * 80, race.progress().turns());
    List<Cell> cells = comparisons().cells(race);
    for (int match = 0; match < 2; match++) {
      List<Score> scores =
          Stream.of("idle", "boom", "rush", "feudal").map(score(cells, match)).toList();
      for (int i = 1; i < scores.size(); i++) {
        assertTrue(scores.get(i - 1).compareTo(scores.get(i)) < 0, scores.toString());
      }
    }
    for (Cell cell : cells) {
      boolean feudal = Set.of("feudal", "rush").contains(cell.plan().player());
      assertEquals(feudal, cell.outcome().orElseThrow().feudalT().isPresent(), cell.toString());
    }
    assertMatchesRun(cells.getFirst());
    assertPlayedOnce(arena, race, cells);
  }

  private static Function<String, Score> score(List<Cell> cells, int match) {
    return player ->
        cells.stream()
            .filter(cell -> cell.number() / 4 == match && cell.plan().player().equals(player))
            .findFirst()
            .orElseThrow()
            .outcome()
            .orElseThrow()
            .score();
  }

  /** The first turn in the Feudal Age is that of the events. */
  private static void assertMatchesRun(Cell cell) {
    int first = -1;
    for (var event : arena.events(cell.runId().value(), 1)) {
      JsonNode payload = event.fields().path("payload");
      if (first < 0
          && payload.path("kind").asText().equals("turn_start")
          && payload.path("state").path("age").asText().equals("Feudal Age")) {
        first = event.fields().path("t").asInt();
      }
    }
    assertEquals(Optional.of(first), cell.outcome().orElseThrow().feudalT());
  }

  /** Every cell has its run, and every run all its turns, each once. */
  private static void assertPlayedOnce(
      ArenaClient client, Comparison comparison, List<Cell> cells) {
    Set<String> runs = new HashSet<>();
    for (Cell cell : cells) {
      assertEquals(Cell.State.COMPLETE, cell.state(), cell.toString());
      assertTrue(runs.add(cell.runId().value()));
      JsonNode run = client.get("/runs/" + cell.runId()).expect(200);
      assertEquals("complete", run.path("status").asText());
      long turnStarts =
          client.events(cell.runId().value(), 1).stream()
              .filter(
                  event ->
                      event.fields().path("payload").path("kind").asText().equals("turn_start"))
              .count();
      assertEquals(comparison.design().nTurns() + 1, turnStarts, cell.toString());
    }
  }

  @Test
  void playsAnExperimentAndAddsReplicas() {
    JsonNode created = arena.post("/experiments", experiment(2, "")).expect(202);
    ComparisonId id = ComparisonId.of(created.path("experiment_id").asText());
    assertEquals(6, created.path("plan").path("cells").asInt());
    assertEquals(24, created.path("plan").path("turns").asInt());
    assertEquals(0, created.path("plan").path("model_calls").asInt());
    Comparison two = awaitEnd(comparisons(), id);
    assertEquals(new Comparison.Counts(0, 0, 6, 0, 0), two.progress().cells());
    assertPlayedOnce(arena, two, comparisons().cells(two));
    assertEquals(
        2,
        comparisons().cells(two).stream()
            .filter(cell -> cell.plan().player().equals("rich"))
            .filter(cell -> cell.outcome().orElseThrow().score().economy() > 1_000)
            .count());

    arena.post("/experiments/" + id + "/replicas", "{\"replicas\":3}").expect(202);
    Comparison three = awaitEnd(comparisons(), id);
    assertEquals(new Comparison.Counts(0, 0, 9, 0, 0), three.progress().cells());
    assertPlayedOnce(arena, three, comparisons().cells(three));
    arena.post("/experiments/" + id + "/replicas", "{\"replicas\":2}").expect(422);
    arena.post("/experiments/" + id + "/cancel", "{}").expect(409);
    arena.post("/races/" + id + "/cancel", "{}").expect(404);
  }

  @Test
  void estimatesWithoutChangingAnything() {
    int before = experiments();
    JsonNode plan =
        arena
            .post("/experiments", experiment(5, ",\"dry_run\":true,\"budget\":{\"turns\":10}"))
            .expect(200)
            .path("plan");
    assertEquals(15, plan.path("cells").asInt());
    assertEquals(60, plan.path("turns").asInt());
    assertEquals(false, plan.path("within_budget").asBoolean(true));
    assertEquals("no_model", plan.path("basis").get(0).path("source").asText());
    assertEquals(before, experiments());
  }

  private static int experiments() {
    return comparisons()
        .list(ComparisonKind.EXPERIMENT, 100, Optional.empty())
        .comparisons()
        .size();
  }

  @Test
  void startsOneRaceForRepeatedRequests() {
    String body = "{" + PROFILES + ",\"scenarios\":[\"balanced\"],\"rounds\":1,\"n_turns\":1}";
    String key = UUID.randomUUID().toString();
    Set<String> ids = new HashSet<>();
    for (int i = 0; i < 3; i++) {
      ids.add(
          arena
              .send(
                  arena
                      .request("/races")
                      .header("Idempotency-Key", key)
                      .header("content-type", "application/json")
                      .POST(HttpRequest.BodyPublishers.ofString(body)))
              .expect(202)
              .path("race_id")
              .asText());
    }
    assertEquals(1, ids.size());
    awaitEnd(comparisons(), ComparisonId.of(ids.iterator().next()));
  }

  @Test
  void aFailedRunIsAResult() {
    AtomicInteger calls = new AtomicInteger();
    AcceptanceStack.shared()
        .models()
        .when(
            "one-in-five",
            call ->
                calls.incrementAndGet() % 5 == 0
                    ? new Reply.Failed(Fault.REFUSED)
                    : Reply.text(Behaviour.ANSWER));
    ComparisonId id =
        ComparisonId.of(
            arena
                .post(
                    "/races",
                    "{\"profiles\":[{\"name\":\"frail\",\"model\":\"openai:one-in-five\"},"
                        + "{\"name\":\"idle\",\"model\":\"scripted:idle\"}],"
                        + "\"scenarios\":[\"balanced\"],\"rounds\":10,\"n_turns\":1}")
                .expect(202)
                .path("race_id")
                .asText());
    Comparison race = awaitEnd(comparisons(), id);
    assertEquals(ComparisonStatus.COMPLETE, race.status());
    assertEquals(new Comparison.Counts(0, 0, 18, 2, 0), race.progress().cells());
    for (Cell cell : comparisons().cells(race)) {
      if (cell.state() == Cell.State.FAILED) {
        assertEquals("frail", cell.plan().player());
        assertEquals("ModelRefused", cell.outcome().orElseThrow().failure().orElseThrow().code());
      }
    }
  }

  @Test
  void startsNoRunWhenTheBudgetIsSpent() {
    ComparisonId id = race("\"rounds\":5,\"n_turns\":4,\"budget\":{\"turns\":40}");
    Comparison race = awaitEnd(comparisons(), id);
    assertEquals(ComparisonStatus.BUDGET_SPENT, race.status());
    assertEquals(Optional.of(StopReason.BUDGET), race.progress().stopReason());
    assertTrue(race.progress().turns() >= 40, race.toString());
    // exceeded at most by the runs in flight
    assertTrue(race.progress().turns() < 40 + 10 * 4, race.toString());
    Comparison.Counts counts = race.progress().cells();
    assertEquals(race.progress().turns() / 4, counts.complete());
    assertEquals(80, counts.complete() + counts.notStarted());
  }

  @Test
  void cancelsTheRunsThatArePlayed() {
    AcceptanceStack.shared().models().when("endless", Behaviour.always(new Reply.Hang()));
    ComparisonId id =
        ComparisonId.of(
            arena
                .post(
                    "/races",
                    "{\"profiles\":[{\"name\":\"a\",\"model\":\"openai:endless\"},"
                        + "{\"name\":\"b\",\"model\":\"openai:endless\"}],\"rounds\":5}")
                .expect(202)
                .path("race_id")
                .asText());
    await(comparisons(), id, race -> race.progress().cells().running() == 10);
    arena.post("/races/" + id + "/cancel", "{}").expect(202);
    arena.post("/races/" + id + "/cancel", "{}").expect(202);
    Comparison race = awaitEnd(comparisons(), id);
    assertEquals(ComparisonStatus.CANCELLED, race.status());
    Comparison.Counts counts = race.progress().cells();
    assertEquals(40, counts.failed() + counts.notStarted(), counts.toString());
    for (Cell cell : comparisons().cells(race)) {
      if (cell.state() == Cell.State.FAILED) {
        assertEquals("Stopped", cell.outcome().orElseThrow().failure().orElseThrow().code());
      }
    }
  }

  @Test
  void playsComparisonsOfAProviderInTheOrderOfTheirCreation() {
    CountDownLatch answers = new CountDownLatch(1);
    AcceptanceStack.shared()
        .models()
        .when(
            "held",
            _ -> {
              awaitAnswers(answers);
              return Reply.text(Behaviour.ANSWER);
            });
    ComparisonId first = heldRace();
    await(comparisons(), first, race -> race.progress().cells().running() == 2);
    List<ComparisonId> others = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      others.add(heldRace());
      await(comparisons(), others.get(i), race -> race.status() == ComparisonStatus.WAITING);
    }
    for (int i = 0; i < 3; i++) {
      JsonNode waiting = arena.get("/races/" + others.get(i)).expect(200);
      assertEquals(i + 2, waiting.path("position").asInt());
      assertEquals(first.value(), waiting.path("waits_for").asText());
    }
    arena.post("/races/" + others.get(1) + "/cancel", "{}").expect(202);
    Comparison cancelled = awaitEnd(comparisons(), others.get(1));
    assertEquals(new Comparison.Counts(0, 0, 0, 0, 2), cancelled.progress().cells());
    assertEquals(3, arena.get("/races/" + others.get(2)).expect(200).path("position").asInt());

    answers.countDown();
    List<Instant> starts = new ArrayList<>();
    for (ComparisonId id : List.of(first, others.get(0), others.get(2))) {
      Comparison race = awaitEnd(comparisons(), id);
      assertEquals(new Comparison.Counts(0, 0, 2, 0, 0), race.progress().cells());
      comparisons().cells(race).forEach(cell -> starts.add(cell.startedAt().orElseThrow()));
    }
    for (int i = 2; i < starts.size(); i++) {
      assertTrue(starts.get(i - i % 2 - 1).isBefore(starts.get(i)), starts.toString());
    }
  }

  private static ComparisonId heldRace() {
    return ComparisonId.of(
        arena
            .post(
                "/races",
                "{\"profiles\":[{\"name\":\"a\",\"model\":\"openai:held\"},"
                    + "{\"name\":\"b\",\"model\":\"openai:held\"}],"
                    + "\"scenarios\":[\"balanced\"],\"rounds\":1,\"n_turns\":1}")
            .expect(202)
            .path("race_id")
            .asText());
  }

  private static void awaitAnswers(CountDownLatch answers) {
    try {
      assertTrue(answers.await(BOUND.toSeconds(), TimeUnit.SECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void resumesAComparisonWhoseExecutionWasStopped() {
    ComparisonId id = race("\"scenarios\":[\"balanced\"],\"rounds\":5,\"n_turns\":10");
    await(comparisons(), id, race -> race.progress().cells().complete() > 0);
    stopExecution(id + "-0");
    AcceptanceStack.shared().invoke("reap-runs", "{}");
    Comparison resumed = comparisons().find(id).orElseThrow();
    assertEquals(1, resumed.progress().generation());
    // Runs whose executions were stopped with it end as the reaper finds them silent.
    for (Cell cell : comparisons().cells(resumed)) {
      if (cell.state() == Cell.State.RUNNING) {
        arena.post("/runs/" + cell.runId() + "/stop", "{}");
      }
    }
    Comparison race = awaitEnd(comparisons(), id);
    assertEquals(ComparisonStatus.COMPLETE, race.status());
    assertEquals(20, race.progress().cells().complete() + race.progress().cells().failed());
    closeRuns(race);
  }

  /** Closes runs whose executions were stopped before they did; the reaper would do it later. */
  private static void closeRuns(Comparison comparison) {
    AcceptanceStack stack = AcceptanceStack.shared();
    try (Jedis redis = stack.redis()) {
      for (Cell cell : comparisons().cells(comparison)) {
        String runId = cell.runId().value();
        if (redis.exists("arena:run:" + runId + ":open")) {
          stack.invoke("finalize-run", Samples.about("finalize-run-close.json", runId));
        }
      }
    }
  }

  @Test
  void abandonsAComparisonThatNoExecutionCouldEnd() {
    AcceptanceStack stack = AcceptanceStack.shared();
    ComparisonId id =
        ComparisonId.of(
            arena
                .post(
                    "/races",
                    "{\"profiles\":[{\"name\":\"hangs\",\"model\":\"openai:hang\"},{\"name\":\"b\"}],"
                        + "\"scenarios\":[\"balanced\"],\"rounds\":1,\"n_turns\":1}")
                .expect(202)
                .path("race_id")
                .asText());
    await(comparisons(), id, race -> race.progress().cells().complete() == 1);
    int last = ResumeComparisons.MAX_GENERATIONS - 1;
    for (int generation = 0; generation < last; generation++) {
      assertTrue(comparisons().nextGeneration(id, generation));
    }
    stack.invoke("reap-runs", "{}");
    assertTrue(comparisons().find(id).orElseThrow().progress().open(), "its last execution plays");
    stopExecution(id + "-" + last);
    stack.invoke("reap-runs", "{}");
    Comparison race = comparisons().find(id).orElseThrow();
    assertEquals(Optional.of(StopReason.ABANDONED), race.progress().stopReason());
    assertEquals(new Comparison.Counts(0, 0, 1, 1, 0), race.progress().cells());
    String archived = archived(id);
    assertEquals(2, archived.lines().count());
    assertTrue(archived.contains("\"failure\":\"Abandoned\""), archived);
    arena.post("/runs/" + id.runOf(0) + "/stop", "{}");
    stack.awaitNoRuns();
  }

  private static String archived(ComparisonId id) {
    try (S3Client s3 = AwsClients.s3()) {
      return s3.getObjectAsBytes(
              request ->
                  request
                      .bucket(AcceptanceStack.shared().stack().resource("Bucket"))
                      .key("comparisons/" + id + ".jsonl"))
          .asUtf8String();
    }
  }

  private static void stopExecution(String name) {
    String arn =
        AcceptanceStack.shared()
                .stack()
                .resource("CompareStateMachine")
                .replace(":stateMachine:", ":execution:")
            + ":"
            + name;
    try (SfnClient stepFunctions =
        SfnClient.builder().httpClientBuilder(UrlConnectionHttpClient.builder()).build()) {
      stepFunctions.stopExecution(request -> request.executionArn(arn));
    }
  }
}
