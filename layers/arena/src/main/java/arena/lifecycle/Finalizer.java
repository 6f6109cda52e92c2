package arena.lifecycle;

import arena.run.Failure;

/** Has a failed run finalized elsewhere, in the background. */
public interface Finalizer {
  /** Asks for it; asking again does no harm. */
  void finalizeFailed(String runId, Failure failure);
}
