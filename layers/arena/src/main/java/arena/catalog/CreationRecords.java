package arena.catalog;

import arena.run.RunId;
import java.util.Optional;

/** Stores how runs were created, for bug reports. */
public interface CreationRecords {
  /** Maximum length of a stored request, in characters; longer ones are cut. */
  int MAX_REQUEST = 4_000;

  /**
   * The creation of a run.
   *
   * @param request the request body as received
   * @param counters the four counters before the creation, as JSON; empty if they could not be read
   */
  record CreationRecord(String request, String counters) {}

  /** Saves a record; does nothing if one exists or the run does not exist. */
  void saveCreationRecord(RunId runId, CreationRecord record);

  /** Finds the record of a run. */
  Optional<CreationRecord> findCreationRecord(RunId runId);
}
