package arena.broker;

import java.util.Locale;

/** A reader asks for an event that the buffer has already dropped. */
public final class Overflow extends RuntimeException {
  private final long requestedSeq;
  private final long availableFrom;

  /** Names what was asked for and what is there. */
  public Overflow(String runId, long requestedSeq, long availableFrom) {
    super(
        String.format(
            Locale.ROOT,
            "run %s: seq %d is gone from the broker, available from %d",
            runId,
            requestedSeq,
            availableFrom));
    this.requestedSeq = requestedSeq;
    this.availableFrom = availableFrom;
  }

  /** What the reader asked for. */
  public long requestedSeq() {
    return requestedSeq;
  }

  /** First seq that the buffer has; the next one to come if it is empty. */
  public long availableFrom() {
    return availableFrom;
  }
}
