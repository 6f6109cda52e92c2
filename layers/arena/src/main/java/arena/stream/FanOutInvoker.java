package arena.stream;

/** Wakes a run's fan-out. */
public interface FanOutInvoker {
  /**
   * Starts the fan-out of this run, in the background; a second wake while it works does no harm.
   *
   * @throws NotifierUnavailable if it may work later
   */
  void wake(String runId);
}
