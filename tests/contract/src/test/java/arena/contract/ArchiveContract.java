package arena.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.archive.Archive;
import arena.codec.PayloadCodec;
import arena.event.Event;
import arena.event.Payload;
import arena.event.RawJson;
import arena.run.Profile;
import arena.run.Run;
import arena.run.RunId;
import arena.run.Usage;
import arena.world.Age;
import arena.world.Score;
import arena.world.World;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** The contract of {@link Archive}; each implementation has a subclass. */
abstract class ArchiveContract {
  /** The archive under test, the same one for the whole test. */
  abstract Archive archive();

  /** A second archive over the same store, with an empty cache. */
  abstract Archive reopened();

  private final RunId runId = RunId.of(UUID.randomUUID());

  @Test
  void returnsEveryEventUnchanged() {
    List<Event> events = new ArrayList<>(SampleEvents.events(runId, 1, 40));
    events.add(SampleEvents.large(runId, 41, 300_000));
    events.add(
        withPayload(42, "{\"kind\":\"of later\",\"a\" : [1.0 ,\"\\u0000\"]}", Instant.EPOCH));
    events.add(withPayload(43, "{}", Instant.parse("1969-12-31T23:59:59.999999Z")));
    Run run = run(events.size());
    String address = archive().write(run, events);
    assertEquals(archive().address(run), address);
    assertEquals(events, archive().events(run, 1, 1_000));
    assertEquals(events, reopened().events(run, 1, 1_000));
  }

  @Test
  void readsTenThousandEventsFromAnySeq() {
    int count = 10_000;
    List<Event> events = SampleEvents.events(runId, 1, count);
    Run run = run(count);
    archive().write(run, events);
    for (int from : new int[] {1, 2, 2_047, 2_048, 2_049, 5_000, 9_001, 9_999, 10_000}) {
      List<Event> page = archive().events(run, from, 1_000);
      assertEquals(events.subList(from - 1, Math.min(count, from - 1 + 1_000)), page);
    }
    assertEquals(events.subList(6_999, 7_000), archive().events(run, 7_000, 1));
    assertEquals(List.of(), archive().events(run, count + 1, 1_000));
    assertEquals(List.of(), archive().events(run, Long.MAX_VALUE - 5_000, 1_000));
    assertThrows(IllegalArgumentException.class, () -> archive().events(run, 0, 10));
  }

  @Test
  void limitsPagesInBytes() {
    List<Event> events = new ArrayList<>();
    for (int seq = 1; seq <= 40; seq++) {
      events.add(SampleEvents.large(runId, seq, 100_000));
    }
    Run run = run(events.size());
    archive().write(run, events);
    assertEquals(events.subList(0, 9), archive().events(run, 1, 1_000, 1_000_000));
    assertEquals(events.subList(31, 40), archive().events(run, 32, 1_000, 1_000_000));
    assertEquals(events.subList(4, 5), archive().events(run, 5, 1_000, 1), "at least one");
    assertEquals(events, archive().events(run, 1, 1_000), "within the default");
    assertThrows(IllegalArgumentException.class, () -> archive().events(run, 1, 1, 0));
  }

  @Test
  void writesTheSameRunIdempotently() {
    List<Event> events = SampleEvents.events(runId, 1, 100);
    Run run = run(100);
    String address = archive().write(run, events);
    assertEquals(address, archive().write(run, events));
    assertEquals(address, reopened().write(run, events));
    assertEquals(events, archive().events(run, 1, 1_000));
  }

  @Test
  void readsTheLatestWrite() {
    Run early = run(3);
    archive().write(early, SampleEvents.events(runId, 1, 3));
    assertEquals(3, archive().events(early, 1, 10).size());
    Run late = run(5);
    reopened().write(late, SampleEvents.events(runId, 1, 5));
    assertEquals(SampleEvents.events(runId, 1, 5), archive().events(late, 1, 10));
  }

  @Test
  void archivesRunWithoutEvents() {
    Run run = run(0);
    archive().write(run, List.of());
    assertEquals(List.of(), archive().events(run, 1, 10));
    assertEquals(Optional.empty(), archive().turnStart(run, 0));
    assertEquals(List.of(), archive().series(run));
    assertEquals(new Run.Summary(0, 0, "", new Score(0, 0, 0)), archive().summary(run));
  }

  @Test
  void rejectsIncompleteRuns() {
    Run run = run(3);
    Archive archive = archive();
    assertThrows(
        IllegalArgumentException.class, () -> archive.write(run, SampleEvents.events(runId, 2, 4)));
    List<Event> withGap = new ArrayList<>(SampleEvents.events(runId, 1, 4));
    withGap.remove(1);
    assertThrows(IllegalArgumentException.class, () -> archive.write(run, withGap));
    assertThrows(
        IllegalArgumentException.class,
        () -> archive.write(run, SampleEvents.events(RunId.of(UUID.randomUUID()), 1, 3)));
  }

  @Test
  void computesSummaryAndSeriesFromTurns() {
    List<Event> events = played();
    Run run = run(events.size());
    archive().write(run, events);
    assertEquals(
        new Run.Summary(
            0.75, 2, "Feudal Age", new Score(1, 9, 1_234.5), new Usage(2_010, 25, 800, 2_200)),
        archive().summary(run));
    assertEquals(
        List.of(
            new Archive.Point(4, 200, 150, 0, 1, 8),
            new Archive.Point(5, 220.25, 165, 0, 1, 8),
            new Archive.Point(6, 1_000.25, 234.25, 0, 1, 9)),
        archive().series(run));
  }

  @Test
  void findsTurnStart() {
    List<Event> events = played();
    Run run = run(events.size());
    archive().write(run, events);
    assertEquals(Optional.of(events.get(1)), archive().turnStart(run, 4));
    assertEquals(Optional.of(events.getLast()), archive().turnStart(run, 6));
    assertEquals(Optional.empty(), archive().turnStart(run, 3));
    assertEquals(Optional.empty(), archive().turnStart(run, 7));
  }

  @Test
  void derivesAddressFromRunIdAndUtcDay() {
    String address = archive().address(run(1));
    assertTrue(address.matches("s3://[^/]+/runs/day=2026-01-31/" + runId + "\\.parquet"), address);
  }

  /** The events of a fork that plays turns 4 and 5. */
  private List<Event> played() {
    World start = world(200, 150, 8, Age.DARK, 4);
    World second = world(220.25, 165, 8, Age.DARK, 5);
    World last = world(1_000.25, 234.25, 9, Age.FEUDAL, 6);
    RawJson wait = new RawJson("{\"type\":\"wait\"}");
    List<Payload> payloads =
        List.of(
            new Payload.Fork(RunId.of("a".repeat(32)), 4, "food=1.0→200.0"),
            new Payload.TurnStart(4, start),
            new Payload.LlmResponse(
                List.of(wait), "thought", 0.5, Optional.of(new Usage(1_000, 20, 800, 1_500))),
            new Payload.ActionTaken(0, wait),
            new Payload.ActionResult(0, "wait", false),
            new Payload.Metric("cost", 3.5),
            new Payload.TurnStart(5, second),
            new Payload.LlmResponse(List.of(), "", 0.25, Optional.of(new Usage(1_010, 5, 0, 700))),
            new Payload.TurnStart(6, last));
    int[] turns = {4, 4, 4, 4, 4, 4, 5, 5, 6};
    List<Event> events = new ArrayList<>();
    for (int i = 0; i < payloads.size(); i++) {
      Payload payload = payloads.get(i);
      events.add(
          new Event(
              runId,
              i + 1L,
              "agent",
              turns[i],
              payload.kind(),
              PayloadCodec.write(payload),
              SampleEvents.START,
              Event.SCHEMA_VERSION));
    }
    return events;
  }

  private static World world(double food, double wood, int population, Age age, int turn) {
    return new World(food, wood, 0, 1, population, 25, age, List.of(), List.of(), 0, turn);
  }

  private Event withPayload(long seq, String payload, Instant ts) {
    return new Event(runId, seq, "agent", 1, "of later", payload, ts, 7);
  }

  final Run run(long events) {
    return run(runId, events);
  }

  static Run run(RunId runId, long events) {
    return Run.requested(runId, "label", Profile.DEFAULT, null, "balanced", 10, SampleEvents.START)
        .withProgress(new Run.Progress(events, 0, null, null));
  }
}
