package arena.broker;

import arena.run.RunId;
import java.util.Locale;

/**
 * A batch does not follow the broker's last event, or the run's keys contradict each other: the
 * broker has lost events.
 */
public final class Gap extends RuntimeException {
  private final long lastSeq;

  public Gap(RunId runId, long lastSeq, long firstSeq) {
    super(
        String.format(
            Locale.ROOT,
            "run %s: the broker's last seq is %d, the batch starts at %d",
            runId,
            lastSeq,
            firstSeq));
    this.lastSeq = lastSeq;
  }

  /** The last seq in the broker. */
  public long lastSeq() {
    return lastSeq;
  }
}
