package arena.lifecycle;

import arena.run.Failure;
import java.util.Optional;

/** Has a run finalized elsewhere, in the background. */
public interface FinalizeInvoker {
  /**
   * Asks for it; asking again does no harm.
   *
   * @param failure why it failed; empty if it played to its end
   */
  void finalizeRun(String runId, Optional<Failure> failure);
}
