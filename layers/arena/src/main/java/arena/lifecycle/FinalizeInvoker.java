package arena.lifecycle;

import arena.run.Failure;
import java.util.Optional;

/** Invokes finalize-run asynchronously. */
public interface FinalizeInvoker {
  /**
   * Requests the finalization of a run. Idempotent.
   *
   * @param failure the run's failure; empty if all turns were played
   */
  void finalizeRun(String runId, Optional<Failure> failure);
}
