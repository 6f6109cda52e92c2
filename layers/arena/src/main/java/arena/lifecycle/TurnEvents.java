package arena.lifecycle;

import arena.agent.Decision;
import arena.codec.ActionCodec;
import arena.codec.PayloadCodec;
import arena.event.Event;
import arena.event.Payload;
import arena.event.RawJson;
import arena.journal.JournalEntry;
import arena.world.Action;
import arena.world.Observation;
import arena.world.World;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Creates the events of one turn, in order. */
final class TurnEvents {
  private final TurnTask task;
  private final Instant now;
  private final List<Event> events = new ArrayList<>();
  private final long position;

  private TurnEvents(TurnTask task, long position, Instant now) {
    this.task = task;
    this.position = position;
    this.now = now;
  }

  /** Creates the entry before the model call. */
  static JournalEntry before(TurnTask task, World world, Instant now) {
    TurnEvents turn = new TurnEvents(task, task.seq(), now);
    turn.add(new Payload.TurnStart(task.t(), world));
    Observation observation = Observation.of(world);
    turn.add(new Payload.Observed(observation.entityCount(), observation.classes()));
    turn.add(new Payload.LlmPrompt(world.summary()));
    return turn.entry(Optional.empty());
  }

  /** Creates the entry after the model call: decision, actions, results and next state. */
  static JournalEntry after(
      TurnTask task, long position, World world, Decision decision, Instant now) {
    TurnEvents turn = new TurnEvents(task, position, now);
    turn.add(
        new Payload.LlmResponse(
            decision.actions(), decision.reasoning(), decision.costUsd(), decision.usage()));
    World state = world;
    int index = 0;
    for (RawJson json : decision.actions()) {
      Action action = ActionCodec.read(json);
      World.Step step = state.apply(action);
      turn.add(new Payload.ActionTaken(index, json));
      turn.add(new Payload.ActionResult(index, action.type(), step.changed()));
      state = step.world();
      index++;
    }
    return turn.entry(Optional.of(state.tick()));
  }

  /** Creates the entry with the closing {@code turn_start}. */
  static JournalEntry closing(TurnTask task, World world, Instant now) {
    TurnEvents turn = new TurnEvents(task, task.seq(), now);
    turn.add(new Payload.TurnStart(task.t(), world));
    return turn.entry(Optional.empty());
  }

  private void add(Payload payload) {
    events.add(
        new Event(
            task.runId(),
            position + events.size(),
            task.profile().name(),
            task.t(),
            payload.kind(),
            PayloadCodec.write(payload),
            now,
            Event.SCHEMA_VERSION));
  }

  private JournalEntry entry(Optional<World> nextState) {
    return new JournalEntry(task.runId(), position, events, nextState);
  }
}
