package arena.simulation.invariants;

import arena.run.Run;
import arena.run.RunId;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/** See {@link #description}. */
public final class NothingLeaks extends Invariant {
  private final Set<RunId> restored = new HashSet<>();

  NothingLeaks(Facts facts) {
    super(facts);
  }

  @Override
  public String description() {
    return "After a run has ended its broker buffer is freed and the reaper releases it; a day after its"
        + " last reader the broker has no key of it.";
  }

  @Override
  public void atEnd() {
    for (Run run : facts.tables().all()) {
      require(
          facts.redis().bufferKeys(run.runId()) == 0 || restored.contains(run.runId()),
          () ->
              String.format(
                  Locale.ROOT,
                  "run %s: broker has %d buffer keys",
                  run.runId(),
                  facts.redis().bufferKeys(run.runId())));
      require(
          !facts.tables().held(run.runId()), () -> "run %s is still held".formatted(run.runId()));
    }
  }

  /** Called after a failover, which may undo a drop; such buffers are freed by their expiry. */
  public void failedOver() {
    for (Run run : facts.tables().all()) {
      if (!facts.tables().held(run.runId()) && facts.redis().bufferKeys(run.runId()) > 0) {
        restored.add(run.runId());
      }
    }
  }

  /** Called after a day without activity. */
  void afterOneIdleDay() {
    for (Run run : facts.tables().all()) {
      require(
          facts.redis().keys(run.runId()) == 0,
          () ->
              String.format(
                  Locale.ROOT,
                  "run %s: broker has %d keys after an idle day",
                  run.runId(),
                  facts.redis().keys(run.runId())));
    }
  }
}
