package arena.simulation.invariants;

import arena.run.Run;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/** See {@link #says}. */
public final class NothingLeaks extends Invariant {
  private final Set<String> undone = new HashSet<>();

  NothingLeaks(Facts facts) {
    super(facts);
  }

  @Override
  public String says() {
    return "Some time after a run has ended the broker has nothing of its buffer any more, and the"
        + " reaper does not look at it again; a day after its last reader nothing at all.";
  }

  @Override
  public void atEnd() {
    for (Run run : facts.tables().all()) {
      require(
          facts.redis().bufferKeys(run.runId()) == 0 || undone.contains(run.runId()),
          () ->
              String.format(
                  Locale.ROOT,
                  "run %s: the broker still has %d keys of its buffer",
                  run.runId(),
                  facts.redis().bufferKeys(run.runId())));
      require(
          !facts.tables().held(run.runId()),
          () -> "run %s still counts as held".formatted(run.runId()));
    }
  }

  /** A broker that failed over may have lost that a buffer was dropped: time frees it then. */
  public void failedOver() {
    for (Run run : facts.tables().all()) {
      if (!facts.tables().held(run.runId()) && facts.redis().bufferKeys(run.runId()) > 0) {
        undone.add(run.runId());
      }
    }
  }

  /** A day has gone by, and nobody has read. */
  void aDayLater() {
    for (Run run : facts.tables().all()) {
      require(
          facts.redis().keys(run.runId()) == 0,
          () ->
              String.format(
                  Locale.ROOT,
                  "run %s: the broker still has %d keys, a day later",
                  run.runId(),
                  facts.redis().keys(run.runId())));
    }
  }
}
