package arena.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import arena.benchmark.LargestRun;
import arena.local.client.ArenaClient;
import arena.local.client.Envelope;
import arena.local.client.LiveReader;
import arena.local.lambda.FunctionDefinition;
import arena.models.Reply;
import arena.run.Limits;
import arena.world.Scenario;
import arena.world.World;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * A run that takes all limits at once works from its creation to its report, and finalize-run stays
 * within the memory that the template gives it. {@code ./arena faults} plays all turns; otherwise
 * the run has fewer turns, which still fill several parts of its archive.
 */
final class LargestRunTest {
  private static final Duration SILENCE = Duration.ofMinutes(4);
  private static final Duration PAGE_TIME = Duration.ofSeconds(2);

  /** Each has about 0.7 MB of payloads; a part of an archive has 16 MB. */
  private static final int FEW_TURNS = 24;

  private static final int TURNS =
      Boolean.getBoolean("arena.largest.all") ? LargestRun.TURNS : FEW_TURNS;

  /** The fork and the mutation, the events of the turns, and the last state. */
  private static final int EVENTS = 2 + TURNS * LargestRun.EVENTS_PER_TURN + 1;

  /** Largest response of a function, in bytes. */
  private static final int RESPONSE_BYTES = 6_291_556;

  private static final AcceptanceStack STACK = AcceptanceStack.shared();
  private static final ArenaClient ARENA = STACK.client();

  private static String runId;
  private static JsonNode row;

  /** By seq, from 1: a hash of the envelope, or of its payload's URL. */
  private static final List<Integer> LIVE = new ArrayList<>();

  /** Envelopes that had a URL in place of the payload. */
  private static final List<Envelope> LINKED = new ArrayList<>();

  /** The hash of an event whose payload was a link. */
  private static final int LINK = Integer.MIN_VALUE;

  /** The text behind the first link, by the seq of its event. Links are valid for 15 minutes. */
  private static final Map<Long, String> LINKED_PAYLOADS = new HashMap<>();

  private static int longestMessage;

  @BeforeAll
  static void play() {
    String parent =
        ARENA.startRun(
            "{\"scenario\":\"balanced\",\"n_turns\":0,\"label\":\"%s\"}"
                .formatted(LargestRun.label()));
    ARENA.awaitEnd(parent, SILENCE);
    String model = "largest-" + "m".repeat(Limits.MAX_MODEL - "openai:largest-".length());
    AtomicInteger turn = new AtomicInteger();
    STACK.models().when(model, _ -> Reply.text(LargestRun.answer(turn.getAndIncrement())));
    runId = ARENA.startFork(fork(parent, model));
    STACK.isolate(runId);
    try (LiveReader reader = ARENA.live()) {
      reader.subscribe(runId, 1);
      watch(reader);
    }
    row = ARENA.get("/runs/" + runId).expect(200);
  }

  /** Reads messages until the run is closed, and keeps hashes of the events. */
  private static void watch(LiveReader reader) {
    while (true) {
      String message = reader.next(SILENCE);
      longestMessage = Math.max(longestMessage, bytes(message));
      String type = message.substring(0, Math.min(message.length(), 40));
      if (type.contains("\"closed\"")) {
        return;
      }
      assertTrue(type.contains("\"events\""), message);
      for (Envelope envelope : Envelope.allIn(message)) {
        if (envelope.seq() <= LIVE.size()) {
          continue; // a batch may be sent again
        }
        assertEquals(LIVE.size() + 1, envelope.seq());
        boolean linked = envelope.json().contains("\"payload_url\":");
        if (linked) {
          LINKED.add(envelope);
          if (LINKED.size() == 1) {
            LINKED_PAYLOADS.put(envelope.seq(), payload(envelope));
          }
        }
        LIVE.add(linked ? LINK : envelope.json().hashCode());
      }
    }
  }

  private static int bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  private static long memoryBytes(String function) {
    return STACK.stack().plan().functions().stream()
            .filter(found -> found.name().endsWith("-" + function))
            .mapToLong(FunctionDefinition::memoryMegabytes)
            .findFirst()
            .orElseThrow()
        * 1024
        * 1024;
  }

  private static void assertWithinMemory(String function) {
    OptionalLong peak = STACK.stack().peakBytes(function);
    assumeTrue(peak.isPresent(), "this system does not report the memory of a process");
    assertTrue(
        peak.getAsLong() < memoryBytes(function),
        () -> function + " used " + peak.getAsLong() / 1024 / 1024 + " MB");
  }

  @Test
  void completesAndArchivesWithinMemory() {
    assertEquals("complete", row.path("status").asText(), row.toString());
    assertEquals(EVENTS, row.path("n_events").asLong());
    assertEquals(LargestRun.label(), row.path("profile").path("name").asText());
    assertEquals(LargestRun.reason(), row.path("reason").asText());
    assertWithinMemory("finalize-run");
  }

  @Test
  void streamsEveryEventWithinTheGatewaysLimits() {
    assertEquals(EVENTS, LIVE.size());
    assertEquals(TURNS, LINKED.stream().filter(this::isAnswer).count());
    assertTrue(longestMessage <= 128 * 1024, "longest message: " + longestMessage);
    LINKED_PAYLOADS.forEach(
        (seq, payload) -> {
          String envelope =
              ARENA.get("/events?run_id=%s&limit=1&from_seq=%s".formatted(runId, seq)).text();
          assertTrue(
              envelope.contains("\"payload\":" + payload + "}"), "the link's text is the payload");
        });
  }

  /** Returns the text behind an envelope's link. */
  private static String payload(Envelope linked) {
    URI link = URI.create(linked.fields().path("payload_url").textValue());
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpResponse<String> response =
          client.send(HttpRequest.newBuilder(link).build(), HttpResponse.BodyHandlers.ofString());
      assertEquals(200, response.statusCode(), response.body());
      return response.body();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while reading a payload", e);
    }
  }

  private boolean isAnswer(Envelope envelope) {
    return envelope.json().contains("\"llm_response\"");
  }

  @Test
  void answersEachPageOfTheArchiveInTime() {
    long next = 1;
    List<Duration> times = new ArrayList<>();
    while (true) {
      Instant start = Instant.now();
      ArenaClient.Answer page =
          ARENA.get(
              String.format(Locale.ROOT, "/events?run_id=%s&from_seq=%d&limit=1000", runId, next));
      times.add(Duration.between(start, Instant.now()));
      JsonNode following = page.expect(200).path("next_from_seq");
      assertTrue(bytes(JsonNodeFactory.instance.textNode(page.text()).toString()) < RESPONSE_BYTES);
      for (Envelope envelope : Envelope.allIn(page.text())) {
        assertEquals(next, envelope.seq());
        int live = LIVE.get((int) next - 1);
        assertTrue(live == LINK || live == envelope.json().hashCode(), "same bytes");
        next++;
      }
      if (following.isNull()) {
        break;
      }
      assertEquals(next, following.asLong(), "the page has at least one event");
    }
    assertEquals(EVENTS + 1, next);
    // The median: the first page starts a process, and other tests may use the machine. The
    // benchmark measures the slowest.
    times.sort(Comparator.naturalOrder());
    Duration median = times.get(times.size() / 2);
    assertTrue(median.compareTo(PAGE_TIME) < 0, "median of a page: " + median);
  }

  @Test
  void readsTheArchiveLive() {
    long last = 0;
    try (LiveReader reader = ARENA.live()) {
      reader.subscribe(runId, 1);
      String message = reader.next(SILENCE);
      while (!message.contains("\"type\":\"closed\"")) {
        for (Envelope envelope : Envelope.allIn(message)) {
          if (envelope.seq() > last) { // a batch may be sent again
            last++;
            assertEquals(last, envelope.seq());
            int live = LIVE.get((int) last - 1);
            assertTrue(live == LINK || live == envelope.json().hashCode(), "same bytes");
          }
        }
        message = reader.next(SILENCE);
      }
    }
    assertEquals(EVENTS, last);
  }

  @Test
  void forksFromTheLastTurn() {
    String child =
        ARENA.startFork(
            String.format(
                Locale.ROOT,
                "{\"parent_run_id\":\"%s\",\"parent_t\":%d,\"n_turns\":1,"
                    + "\"mutation\":{\"wood\":1000},\"profile\":{\"model\":\"scripted\"}}",
                runId,
                TURNS));
    JsonNode end = ARENA.awaitEnd(child, SILENCE);
    assertEquals("complete", end.path("status").asText(), end.toString());
    JsonNode state =
        ARENA.events(child, 1).stream()
            .map(Envelope::fields)
            .filter(event -> event.path("kind").asText().equals("turn_start"))
            .findFirst()
            .orElseThrow()
            .path("payload")
            .path("state");
    int built = Scenario.BALANCED.start().buildings().size() + TURNS * Limits.MAX_ACTIONS;
    assertEquals(Math.min(World.MAX_BUILDINGS, built), state.path("buildings").size());
  }

  @Test
  void reportsSeriesSummaryAndDiagnosis() {
    JsonNode series = ARENA.get("/runs/series?run_id=" + runId).expect(200).path(0);
    assertEquals(TURNS + 1, series.path("points").size());
    JsonNode summaries = ARENA.get("/runs/summaries?limit=100").expect(200);
    JsonNode summary = null;
    for (JsonNode one : summaries) {
      if (one.path("run_id").asText().equals(runId)) {
        summary = one;
      }
    }
    assertEquals(TURNS, summary.path("n_turns").asInt());
    assertEquals(
        "complete", ARENA.get("/runs/" + runId + "/diagnosis").expect(200).path("cause").asText());
    ArenaClient.Answer report = ARENA.get("/runs/" + runId + "/report");
    assertEquals(runId, report.expect(200).path("report_on").asText());
    assertFalse(report.json().path("log").path("lines").isEmpty());
  }

  private static String fork(String parent, String model) {
    ObjectNode request = JsonNodeFactory.instance.objectNode();
    request.put("parent_run_id", parent).put("parent_t", 0).put("n_turns", TURNS);
    request.put("reason", LargestRun.reason());
    request
        .putObject("mutation")
        .put("food", Limits.MAX_RESOURCE)
        .put("wood", Limits.MAX_RESOURCE)
        .put("gold", Limits.MAX_RESOURCE)
        .put("stone", Limits.MAX_RESOURCE)
        .put("population", Limits.MAX_POPULATION)
        .put("pop_cap", Limits.MAX_POPULATION)
        .put("age", "Feudal Age");
    request
        .putObject("profile")
        .put("name", LargestRun.label())
        .put("model", "openai:" + model)
        .put("temperature", 2)
        .put("prompt_variant", "strategy");
    return request.toString();
  }
}
