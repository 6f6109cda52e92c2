package arena.broker;

import java.util.Locale;

/** The run has as many live readers as it can: {@link Subscribers#MAX_READERS}. */
public final class TooManyReaders extends RuntimeException {
  /** Names the run. */
  public TooManyReaders(String runId) {
    super(
        String.format(
            Locale.ROOT, "run %s has %d live readers already", runId, Subscribers.MAX_READERS));
  }
}
