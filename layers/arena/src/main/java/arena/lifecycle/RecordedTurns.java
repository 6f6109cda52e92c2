package arena.lifecycle;

import arena.agent.Decision;
import arena.agent.ModelRefused;
import arena.catalog.Catalog;
import arena.codec.PayloadCodec;
import arena.event.Event;
import arena.event.Payload;
import arena.run.NoSuchTurn;
import arena.run.Run;
import arena.run.RunId;
import arena.run.UnknownRun;
import arena.source.EventReader;
import arena.world.World;
import java.util.Locale;
import java.util.Optional;

/**
 * The turns of a recorded run's parent: what its agent decided, and which states followed. They are
 * played again without a call of a model, so that a change of the world's rules shows as the first
 * turn whose state differs.
 */
public final class RecordedTurns {
  private final Catalog catalog;
  private final EventReader events;

  public RecordedTurns(Catalog catalog, EventReader events) {
    this.catalog = catalog;
    this.events = events;
  }

  /**
   * Compares the state at the start of a turn with the recorded one, and records the first turn
   * that differs in the run's row. Idempotent.
   */
  void compare(TurnTask task, World world) {
    Run run = find(task.runId());
    if (run.departsAt().isPresent()) {
      return;
    }
    Run parent = parent(run);
    Event start =
        events
            .turnStart(parent, task.t())
            .orElseThrow(() -> new NoSuchTurn(parent.runId(), task.t()));
    if (!(PayloadCodec.read(start.payloadJson()) instanceof Payload.TurnStart recorded)
        || !recorded.state().equals(world)) {
      catalog.markDeparted(task.runId(), task.t());
    }
  }

  /**
   * Returns what the parent's agent decided in a turn, with its cost and usage, which are those of
   * the parent's calls.
   *
   * @throws ModelRefused if the parent has not played the turn
   */
  Decision decision(TurnTask task) {
    Run parent = parent(find(task.runId()));
    Optional<Event> answer = events.response(parent, task.t());
    if (answer.isPresent()
        && PayloadCodec.read(answer.get().payloadJson()) instanceof Payload.LlmResponse recorded) {
      return new Decision(
          recorded.actions(), recorded.reasoning(), recorded.costUsd(), recorded.usage());
    }
    throw new ModelRefused(
        String.format(
            Locale.ROOT, "run %s has no recorded answer at turn %d", parent.runId(), task.t()),
        null);
  }

  private Run parent(Run run) {
    return find(
        run.origin()
            .map(Run.Origin::parentRunId)
            .orElseThrow(
                () -> new ModelRefused("run %s has no parent".formatted(run.runId()), null)));
  }

  private Run find(RunId runId) {
    return catalog.find(runId).orElseThrow(() -> new UnknownRun(runId));
  }
}
