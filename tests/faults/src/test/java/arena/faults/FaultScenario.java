package arena.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.local.client.Envelope;
import arena.models.Behaviour;
import arena.models.Reply;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * One run that a fault is injected into.
 *
 * <p>The run is played by its own model and watched by a reader. It is held at the first model call
 * until {@link #resume}.
 */
final class FaultScenario implements AutoCloseable {
  /** Turns of each run. */
  static final int TURNS = 4;

  /** Events of a turn before the model call. */
  static final int EVENTS_BEFORE_MODEL = 3;

  private static final Duration BOUND = Duration.ofSeconds(60);

  private final Stack arena;
  private final String runId;
  private final ProtocolReader reader;
  private final HoldPoint firstCall;
  private final Map<Integer, HoldPoint> holdsByCall;
  private final AtomicInteger calls;
  private Instant faultTime = Instant.now();

  private FaultScenario(
      Stack arena,
      String runId,
      HoldPoint firstCall,
      Map<Integer, HoldPoint> holdsByCall,
      AtomicInteger calls) {
    this.arena = arena;
    this.runId = runId;
    this.firstCall = firstCall;
    this.holdsByCall = holdsByCall;
    this.calls = calls;
    this.reader = ProtocolReader.of(arena.client(), runId);
  }

  /** Starts a run that is held at its first model call. */
  static FaultScenario start(Stack arena, String token) {
    return start(arena, token, () -> startRun(arena, token));
  }

  /** Starts a run with the profile and label of {@code token} and returns its id. */
  static String startRun(Stack arena, String token) {
    return arena.client().startRun(runRequest(token));
  }

  /** The request of a run with the profile and label of {@code token}. */
  static String runRequest(String token) {
    return String.format(
        Locale.ROOT,
        """
        {"n_turns":%d,"label":"%s","profile":%s}""",
        TURNS,
        token,
        profile(token));
  }

  /** Calls {@code start} for a run with {@link #profile}; its first model call, if any, is held. */
  static FaultScenario start(Stack arena, String token, Supplier<String> start) {
    HoldPoint firstCall = new HoldPoint();
    Map<Integer, HoldPoint> holdsByCall = new ConcurrentHashMap<>();
    AtomicInteger calls = new AtomicInteger();
    arena
        .models()
        .when(
            token,
            _ -> {
              int number = calls.incrementAndGet();
              if (number == 1) {
                firstCall.hold();
              }
              HoldPoint hold = holdsByCall.remove(number);
              if (hold != null) {
                hold.hold();
              }
              return Reply.text(Behaviour.ANSWER);
            });
    return new FaultScenario(arena, start.get(), firstCall, holdsByCall, calls);
  }

  /** The profile of the token's run, as JSON. */
  static String profile(String token) {
    return "{\"name\":\"%s\",\"model\":\"openai:%s\"}".formatted(token, token);
  }

  /** Waits until the first model call is held and the reader has the events before it. */
  FaultScenario awaitModelCall() {
    reader.awaitEvents(EVENTS_BEFORE_MODEL, BOUND);
    firstCall.awaitReached(HoldPoint.TIMEOUT);
    return this;
  }

  String runId() {
    return runId;
  }

  ProtocolReader reader() {
    return reader;
  }

  /** Holds the model call with this number (from 1) before its answer. */
  HoldPoint holdModelCall(int call) {
    HoldPoint hold = new HoldPoint();
    holdsByCall.put(call, hold);
    return hold;
  }

  /** Releases the first model call. */
  void resume() {
    firstCall.release();
  }

  /**
   * Releases the first model call and kills the run's invocation of {@code function} once it
   * reaches the hold point.
   */
  void resumeAndKill(FaultStack stack, String function, HoldPoint hold) {
    stack.isolate(function, runId);
    resume();
    hold.awaitReached(HoldPoint.TIMEOUT);
    markFault();
    stack.kill(function, runId);
    hold.release();
  }

  /** Records the current time as the time of the fault. */
  void markFault() {
    faultTime = Instant.now();
  }

  /** Waits until the run completes and asserts what must hold for every run. */
  Outcome awaitComplete(Duration within) {
    return awaitComplete(within, 0);
  }

  /**
   * Waits until the run completes and asserts what must hold for every run.
   *
   * @param before events before the first turn
   */
  Outcome awaitComplete(Duration within, int before) {
    Outcome outcome = awaitEnd(within);
    assertEquals("complete", outcome.end());
    List<Envelope> events = arena.events(runId);
    // a turn: turn_start, observation, llm_prompt, llm_response, action, action_result
    assertEquals(before + 6 * TURNS + 1, events.size(), "events of a complete run");
    assertEquals(TURNS, countKind(events, "llm_response"));
    return outcome;
  }

  /** Waits until the run ends and asserts what must hold for every run. */
  Outcome awaitEnd(Duration within) {
    Duration left = within.minus(Duration.between(faultTime, Instant.now()));
    ProtocolReader.Watched watched = reader.awaitClosed(left);
    JsonNode row = arena.row(runId);
    List<Envelope> archived = arena.events(runId);
    assertTrue(Instant.now().isBefore(faultTime.plus(within)), "ended within " + within);

    assertEquals(row.get("status").textValue(), watched.status());
    assertFalse(row.get("db_path").textValue().isEmpty(), "archived");
    assertEquals(row.get("n_events").intValue(), archived.size(), "events in the archive");
    for (int i = 0; i < archived.size(); i++) {
      assertEquals(i + 1, archived.get(i).seq(), "seq is contiguous from 1");
    }
    List<Envelope> lost = new ArrayList<>(archived);
    lost.removeAll(watched.events());
    assertEquals(archived, watched.events(), "events of the live reader");

    // A late reader, before and after the broker has dropped the run.
    assertEquals(archived, readAll());
    arena.reap(runId);
    assertEquals(archived, arena.events(runId));
    assertEquals(archived, readAll());

    long answered = countKind(archived, "llm_response");
    return new Outcome(
        end(row),
        lost.size(),
        watched.events().size() - watched.events().stream().distinct().count(),
        calls.get() - answered,
        within.toSeconds(),
        readerReport(watched));
  }

  private List<Envelope> readAll() {
    try (ProtocolReader late = ProtocolReader.of(arena.client(), runId)) {
      return late.awaitClosed(BOUND).events();
    }
  }

  private static long countKind(List<Envelope> events, String kind) {
    return events.stream()
        .filter(event -> event.fields().path("kind").asText().equals(kind))
        .count();
  }

  private static String end(JsonNode row) {
    String status = row.get("status").textValue();
    return status.equals("failed") ? "failed: " + row.at("/error/code").textValue() : status;
  }

  private static String readerReport(ProtocolReader.Watched watched) {
    List<String> observations = new ArrayList<>();
    if (watched.duplicates() > 0) {
      observations.add("duplicates received and dropped");
    }
    if (watched.disconnects() > 0) {
      observations.add("connection closed");
    }
    if (watched.overflows() > 0) {
      observations.add("gap filled after an overflow");
    }
    return observations.isEmpty() ? "nothing" : String.join("; ", observations);
  }

  @Override
  public void close() {
    firstCall.release();
    holdsByCall.values().forEach(HoldPoint::release);
    reader.close();
  }
}
