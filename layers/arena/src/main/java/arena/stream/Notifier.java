package arena.stream;

/** Wakes a run's fan-out. */
public interface Notifier {
  /**
   * Starts the fan-out of this run, in the background; a second wake while it works does no harm.
   */
  void wake(String runId);
}
