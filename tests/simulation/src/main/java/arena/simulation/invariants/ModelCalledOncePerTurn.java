package arena.simulation.invariants;

import arena.event.Event;
import arena.journal.JournalEntry;
import arena.lifecycle.TurnTask;
import arena.simulation.scheduler.Sandbox;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** See {@link #description}. */
public final class ModelCalledOncePerTurn extends Invariant {
  private final Map<String, Long> answeredAt = new HashMap<>();
  private final Map<Sandbox, TurnTask> tasks = new HashMap<>();
  private final Map<Sandbox, Integer> calls = new HashMap<>();

  ModelCalledOncePerTurn(Facts facts) {
    super(facts);
  }

  @Override
  public String description() {
    return "An attempt at a turn calls the model at most once, and not at all if the turn's answer was"
        + " written before the attempt began.";
  }

  /** Called when the current sandbox starts an attempt at a turn. */
  public void attemptStarts(TurnTask task) {
    tasks.put(facts.scheduler().current().sandbox(), task);
  }

  @Override
  public void modelCalled() {
    Sandbox sandbox = facts.actor().sandbox();
    TurnTask task = tasks.get(sandbox);
    Long answeredBefore = answeredAt.get(task.runId() + "/" + task.t());
    require(
        answeredBefore == null || answeredBefore >= sandbox.startedAt(),
        () ->
            String.format(
                Locale.ROOT,
                "run %s: model called for turn %d, which is already answered",
                task.runId(),
                task.t()));
    require(
        calls.merge(sandbox, 1, Integer::sum) <= MAX_CALLS,
        () ->
            String.format(
                Locale.ROOT,
                "run %s: model called repeatedly for turn %d in one attempt",
                task.runId(),
                task.t()));
  }

  /** Two, because the network may deliver a call twice. */
  private static final int MAX_CALLS = 2;

  @Override
  public void written(JournalEntry entry) {
    for (Event event : entry.events()) {
      if (event.kind().equals("llm_response")) {
        Long before = answeredAt.put(event.runId() + "/" + event.t(), facts.scheduler().now());
        require(
            before == null,
            () ->
                String.format(
                    Locale.ROOT, "run %s: turn %d has two answers", event.runId(), event.t()));
      }
    }
  }
}
