package arena.broker;

import arena.run.RunId;
import java.util.Locale;

/** A requested event was already dropped from the buffer. */
public final class Overflow extends RuntimeException {
  private final long requestedSeq;
  private final long availableFrom;

  public Overflow(RunId runId, long requestedSeq, long availableFrom) {
    super(
        String.format(
            Locale.ROOT,
            "run %s: seq %d was dropped from the buffer; available from %d",
            runId,
            requestedSeq,
            availableFrom));
    this.requestedSeq = requestedSeq;
    this.availableFrom = availableFrom;
  }

  /** The requested seq. */
  public long requestedSeq() {
    return requestedSeq;
  }

  /** The first seq in the buffer; the next one to be published if it is empty. */
  public long availableFrom() {
    return availableFrom;
  }
}
