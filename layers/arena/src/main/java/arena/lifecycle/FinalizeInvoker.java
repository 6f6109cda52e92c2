package arena.lifecycle;

import arena.run.Failure;
import arena.run.RunId;
import java.util.Optional;

/** Starts the finalization and closing of a run outside its execution. */
public interface FinalizeInvoker {
  /**
   * Requests the finalization of a run. Idempotent.
   *
   * @param failure the run's failure; empty if all turns were played
   */
  void finalizeRun(RunId runId, Optional<Failure> failure);
}
