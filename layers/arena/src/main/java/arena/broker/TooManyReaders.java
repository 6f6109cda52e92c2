package arena.broker;

/** The run has as many live readers as it can: {@link Subscribers#MAX_READERS}. */
public final class TooManyReaders extends RuntimeException {
  /** Names the run. */
  public TooManyReaders(String runId) {
    super("run %s has %d live readers already".formatted(runId, Subscribers.MAX_READERS));
  }
}
