package arena.simulation.scheduler;

/** Ends a process that died: an error, so that nothing in the product takes it for its own. */
public final class ProcessDied extends Error {
  /** Says of what. */
  ProcessDied(String why) {
    super(why, null, false, false);
  }
}
