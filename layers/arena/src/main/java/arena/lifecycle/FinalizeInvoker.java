package arena.lifecycle;

import arena.run.Failure;
import arena.run.RunId;
import java.util.Optional;

/** Invokes finalize-run asynchronously. */
public interface FinalizeInvoker {
  /**
   * Requests the finalization of a run. Idempotent.
   *
   * @param failure the run's failure; empty if all turns were played
   */
  void finalizeRun(RunId runId, Optional<Failure> failure);
}
