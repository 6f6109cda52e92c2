package arena.simulation.invariants;

import arena.lifecycle.TurnTask;
import arena.run.RunId;
import arena.simulation.scheduler.Sandbox;
import java.time.Instant;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** See {@link #description}. */
public final class RetryAfterIsHonoured extends Invariant {
  private final Map<String, Postponed> postponed = new HashMap<>();
  private final Map<Sandbox, TurnTask> tasks = new HashMap<>();

  RetryAfterIsHonoured(Facts facts) {
    super(facts);
  }

  /**
   * The end of a wait.
   *
   * @param recordedAt in microseconds of the simulation
   */
  private record Postponed(Instant until, long recordedAt) {}

  @Override
  public String description() {
    return "An attempt at a turn does not call the model before the time that the model's service asked"
        + " to wait for, if that time was recorded before the attempt began.";
  }

  /** Called when the current sandbox starts an attempt at a turn. */
  public void attemptStarts(TurnTask task) {
    tasks.put(facts.scheduler().current().sandbox(), task);
  }

  @Override
  public void modelPostponed(RunId runId, long position, Instant until) {
    postponed.put(runId + "/" + position, new Postponed(until, facts.scheduler().now()));
  }

  @Override
  public void modelCalled() {
    Sandbox sandbox = facts.actor().sandbox();
    TurnTask task = tasks.get(sandbox);
    Postponed wait = postponed.get(task.runId() + "/" + task.seq());
    Instant now = facts.scheduler().instant(sandbox.skew());
    require(
        wait == null || wait.recordedAt >= sandbox.startedAt() || !now.isBefore(wait.until),
        () ->
            String.format(
                Locale.ROOT,
                "run %s: model called for turn %d at %s, before %s",
                task.runId(),
                task.t(),
                now,
                wait.until));
  }
}
