package arena.simulation.invariants;

import arena.event.Event;
import arena.journal.JournalEntry;
import arena.lifecycle.TurnTask;
import arena.simulation.scheduler.Sandbox;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** See {@link #says}. */
public final class ModelCalledOncePerTurn extends Invariant {
  private final Map<String, Long> answeredAt = new HashMap<>();
  private final Map<Sandbox, TurnTask> tasks = new HashMap<>();
  private final Map<Sandbox, Integer> asked = new HashMap<>();

  ModelCalledOncePerTurn(Facts facts) {
    super(facts);
  }

  @Override
  public String says() {
    return "A model is not asked about a turn whose answer was written before the attempt at it"
        + " began, and once an attempt.";
  }

  /** The current process's life is an attempt at this turn. */
  public void attempts(TurnTask task) {
    tasks.put(facts.scheduler().current().life(), task);
  }

  @Override
  public void modelAsked() {
    Sandbox life = facts.actor().life();
    TurnTask task = tasks.get(life);
    Long answered = answeredAt.get(task.runId() + "/" + task.t());
    require(
        answered == null || answered >= life.begun(),
        () ->
            String.format(
                Locale.ROOT,
                "run %s: the model is asked about turn %d, which it has answered",
                task.runId(),
                task.t()));
    require(
        asked.merge(life, 1, Integer::sum) <= MOST_SENT,
        () ->
            String.format(
                Locale.ROOT,
                "run %s: the model is asked again and again about turn %d",
                task.runId(),
                task.t()));
  }

  /** A question that is sent again below the product comes twice. */
  private static final int MOST_SENT = 2;

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
