package arena.broker;

import java.util.Locale;

/** A batch does not follow the last event that the broker has: it lost some. */
public final class Gap extends RuntimeException {
  private final long lastSeq;

  /** Names the two ends of the gap. */
  public Gap(String runId, long lastSeq, long firstSeq) {
    super(
        String.format(
            Locale.ROOT,
            "run %s: the broker has seq %d, the batch begins at %d",
            runId,
            lastSeq,
            firstSeq));
    this.lastSeq = lastSeq;
  }

  /** Last seq that the broker has. */
  public long lastSeq() {
    return lastSeq;
  }
}
