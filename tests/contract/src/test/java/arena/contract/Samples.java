package arena.contract;

import arena.codec.PayloadCodec;
import arena.event.Event;
import arena.event.Payload;
import arena.event.RawJson;
import arena.journal.JournalEntry;
import arena.run.Mutation;
import arena.run.Profile;
import arena.run.Prompt;
import arena.run.Run;
import arena.run.RunId;
import arena.run.Usage;
import arena.world.Age;
import arena.world.Scenario;
import arena.world.Score;
import arena.world.World;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Sample runs, entries and events for the catalog and the journal. */
final class Samples {
  static final Instant NOON = Instant.parse("2026-01-31T12:00:00.123456Z");
  static final Run.Summary SUMMARY =
      new Run.Summary(
          0.1 + 0.2,
          10,
          Age.FEUDAL.label(),
          new Score(1, 23, 1234.5),
          new Usage(12_000, 900, 8_000, 31_000));

  private Samples() {}

  static Run run(Instant createdAt) {
    return Run.requested(
        RunId.of(UUID.randomUUID()), "a run", Profile.DEFAULT, null, "balanced", 10, createdAt);
  }

  static Run labelled(String label, Instant createdAt) {
    return Run.requested(
        RunId.of(UUID.randomUUID()), label, Profile.DEFAULT, null, "balanced", 10, createdAt);
  }

  static Run forkOf(Run parent, Instant createdAt) {
    return fork(parent, createdAt, Mutation.NONE);
  }

  static Run fork(Instant createdAt, Mutation mutation) {
    return fork(run(createdAt), createdAt, mutation);
  }

  private static Run fork(Run parent, Instant createdAt, Mutation mutation) {
    return Run.forked(
        RunId.of(UUID.randomUUID()),
        parent,
        new Run.Origin(parent.runId(), 3, mutation, "why not → ☕"),
        Profile.DEFAULT,
        new Prompt("strategy-2", "0123456789abcdef"),
        10,
        createdAt);
  }

  static World world() {
    return Scenario.BALANCED.start();
  }

  /** The first entry of a run that is not a fork. */
  static JournalEntry origin(Run run) {
    return new JournalEntry(run.runId(), 0, List.of(), Optional.of(world()));
  }

  /** The first entry of a fork. */
  static JournalEntry forkOrigin(Run run) {
    return new JournalEntry(
        run.runId(),
        0,
        List.of(
            event(
                run.runId(),
                1,
                3,
                new Payload.Fork(RunId.of(UUID.randomUUID()), 3, "food=1.0→2.0")),
            event(run.runId(), 2, 3, new Payload.WorldMutation("food=1.0", "food=2.0", "why"))),
        Optional.of(world()));
  }

  /** The entry of a turn before the model answers. */
  static JournalEntry before(RunId runId, long seq, int t) {
    World world = world();
    return entry(
        runId,
        seq,
        t,
        Optional.empty(),
        new Payload.TurnStart(t, world),
        new Payload.Observed(9, List.of("town_center", "villager")),
        new Payload.LlmPrompt(world.summary()));
  }

  /** The entry of a turn after the model's answer, with this many actions. */
  static JournalEntry after(RunId runId, long seq, int t, int actions) {
    List<Payload> payloads = new ArrayList<>();
    RawJson action = new RawJson("{\"type\":\"queue_villager\"}");
    payloads.add(new Payload.LlmResponse(List.of(action), "because", 0.25));
    for (int i = 0; i < actions; i++) {
      payloads.add(new Payload.ActionTaken(i, action));
      payloads.add(new Payload.ActionResult(i, "queue_villager", true));
    }
    return entry(runId, seq, t, Optional.of(world().tick()), payloads.toArray(new Payload[0]));
  }

  static JournalEntry entry(
      RunId runId, long seq, int t, Optional<World> nextState, Payload... payloads) {
    List<Event> events = new ArrayList<>();
    for (Payload payload : payloads) {
      events.add(event(runId, seq + events.size(), t, payload));
    }
    return new JournalEntry(runId, seq, events, nextState);
  }

  static Event event(RunId runId, long seq, int t, Payload payload) {
    return new Event(
        runId,
        seq,
        Profile.DEFAULT.name(),
        t,
        payload.kind(),
        PayloadCodec.write(payload),
        NOON.plusSeconds(seq),
        Event.SCHEMA_VERSION);
  }
}
