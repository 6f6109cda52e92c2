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
 * A run that something is broken for: played by a model of its own, watched by a reader, and held
 * at the model's first call until it is to go on.
 */
final class FaultScenario implements AutoCloseable {
  /** Turns of a run. */
  static final int TURNS = 4;

  /** Events that a turn has before the model is asked. */
  static final int BEGUN = 3;

  private static final Duration BOUND = Duration.ofSeconds(60);

  private final Stack arena;
  private final String runId;
  private final ProtocolReader reader;
  private final HoldPoint opening;
  private final Map<Integer, HoldPoint> atCall;
  private final AtomicInteger calls;
  private Instant broken = Instant.now();

  private FaultScenario(
      Stack arena,
      String runId,
      HoldPoint opening,
      Map<Integer, HoldPoint> atCall,
      AtomicInteger calls) {
    this.arena = arena;
    this.runId = runId;
    this.opening = opening;
    this.atCall = atCall;
    this.calls = calls;
    this.reader = ProtocolReader.of(arena.client(), runId);
  }

  /** Starts a run; its first turn waits for its model. */
  static FaultScenario start(Stack arena, String token) {
    return start(arena, token, () -> startRun(arena, token));
  }

  /** Starts a run of this token's profile and label; its id. */
  static String startRun(Stack arena, String token) {
    return arena
        .client()
        .startRun(
            String.format(
                Locale.ROOT,
                """
            {"n_turns":%d,"label":"%s","profile":%s}""",
                TURNS,
                token,
                profile(token)));
  }

  /**
   * Has this start a run that is played by {@link #profile}. If it plays, its first turn waits for
   * its model.
   */
  static FaultScenario start(Stack arena, String token, Supplier<String> start) {
    HoldPoint opening = new HoldPoint();
    Map<Integer, HoldPoint> atCall = new ConcurrentHashMap<>();
    AtomicInteger calls = new AtomicInteger();
    arena
        .models()
        .when(
            token,
            _ -> {
              int number = calls.incrementAndGet();
              if (number == 1) {
                opening.hold();
              }
              HoldPoint held = atCall.remove(number);
              if (held != null) {
                held.hold();
              }
              return Reply.text(Behaviour.ANSWER);
            });
    return new FaultScenario(arena, start.get(), opening, atCall, calls);
  }

  /** What plays a run of this token, as JSON. */
  static String profile(String token) {
    return "{\"name\":\"%s\",\"model\":\"openai:%s\"}".formatted(token, token);
  }

  /** Waits until its first turn has begun, and waits for its model. */
  FaultScenario begun() {
    reader.awaitEvents(BEGUN, BOUND);
    opening.awaitReached(HoldPoint.PATIENCE);
    return this;
  }

  String runId() {
    return runId;
  }

  ProtocolReader reader() {
    return reader;
  }

  /** The model's call of this number is held when it comes, before its answer. */
  HoldPoint holdingModel(int call) {
    HoldPoint held = new HoldPoint();
    atCall.put(call, held);
    return held;
  }

  /** Lets the first turn have its answer. */
  void goOn() {
    opening.letGo();
  }

  /** Lets the first turn have its answer, and kills a function of this run where it is held. */
  void goOnUntilKilled(FaultStack stack, String function, HoldPoint held) {
    stack.doom(function, runId);
    goOn();
    held.awaitReached(HoldPoint.PATIENCE);
    breaks();
    stack.kill(function, runId);
    held.letGo();
  }

  /** The fault is now. */
  void breaks() {
    broken = Instant.now();
  }

  /** A run that plays to its end: waits for that and checks what must hold of every run. */
  Outcome completes(Duration within) {
    return completes(within, 0);
  }

  /**
   * A run that plays to its end: waits for that and checks what must hold of every run.
   *
   * @param before events before the first turn
   */
  Outcome completes(Duration within, int before) {
    Outcome outcome = ends(within);
    assertEquals("complete", outcome.end());
    List<Envelope> events = arena.events(runId);
    // a turn: turn_start, observation, llm_prompt, llm_response, action, action_result
    assertEquals(before + 6 * TURNS + 1, events.size(), "events of a run played to its end");
    assertEquals(TURNS, ofKind(events, "llm_response"));
    return outcome;
  }

  /** Waits for the run's end and checks what must hold of every run. */
  Outcome ends(Duration within) {
    Duration left = within.minus(Duration.between(broken, Instant.now()));
    ProtocolReader.Watched watched = reader.awaitClosed(left);
    JsonNode row = arena.row(runId);
    List<Envelope> archived = arena.events(runId);
    assertTrue(Instant.now().isBefore(broken.plus(within)), "ended within " + within);

    assertEquals(row.get("status").textValue(), watched.status());
    assertFalse(row.get("db_path").textValue().isEmpty(), "it is archived");
    assertEquals(row.get("n_events").intValue(), archived.size(), "the archive has all");
    for (int i = 0; i < archived.size(); i++) {
      assertEquals(i + 1, archived.get(i).seq(), "seq is dense from 1");
    }
    List<Envelope> lost = new ArrayList<>(archived);
    lost.removeAll(watched.events());
    assertEquals(archived, watched.events(), "the reader has what the archive has");

    // A reader that comes late, and one that comes after the broker has forgotten the run.
    assertEquals(archived, readAnew());
    arena.reap(runId);
    assertEquals(archived, arena.events(runId));
    assertEquals(archived, readAnew());

    long answered = ofKind(archived, "llm_response");
    return new Outcome(
        end(row),
        lost.size(),
        watched.events().size() - watched.events().stream().distinct().count(),
        calls.get() - answered,
        within.toSeconds(),
        sight(watched));
  }

  private List<Envelope> readAnew() {
    try (ProtocolReader late = ProtocolReader.of(arena.client(), runId)) {
      return late.awaitClosed(BOUND).events();
    }
  }

  private static long ofKind(List<Envelope> events, String kind) {
    return events.stream()
        .filter(event -> event.fields().path("kind").asText().equals(kind))
        .count();
  }

  private static String end(JsonNode row) {
    String status = row.get("status").textValue();
    return status.equals("failed") ? "failed: " + row.at("/error/code").textValue() : status;
  }

  private static String sight(ProtocolReader.Watched watched) {
    List<String> sights = new ArrayList<>();
    if (watched.cameAgain() > 0) {
      sights.add("a batch came again and was dropped");
    }
    if (watched.disconnects() > 0) {
      sights.add("its connection was closed");
    }
    if (watched.overflows() > 0) {
      sights.add("it filled a gap");
    }
    return sights.isEmpty() ? "nothing" : String.join("; ", sights);
  }

  @Override
  public void close() {
    opening.letGo();
    atCall.values().forEach(HoldPoint::letGo);
    reader.close();
  }
}
