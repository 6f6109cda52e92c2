package arena.broker;

import arena.run.RunId;
import java.util.Locale;

/** The run has reached {@link Subscribers#MAX_READERS}. */
public final class TooManyReaders extends RuntimeException {
  /** Names the run. */
  public TooManyReaders(RunId runId) {
    super(
        String.format(
            Locale.ROOT, "run %s already has %d live readers", runId, Subscribers.MAX_READERS));
  }
}
