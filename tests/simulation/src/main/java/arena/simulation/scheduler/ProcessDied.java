package arena.simulation.scheduler;

/** Ends a killed process. An error, so that the product's exception handlers do not catch it. */
public final class ProcessDied extends Error {

  ProcessDied(String why) {
    super(why, null, false, false);
  }
}
