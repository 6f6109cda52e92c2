package arena.journal;

import arena.run.RunId;
import java.util.Locale;

/** The run's journal already has an entry at this position. */
public final class EntryExists extends RuntimeException {
  /** Names the place. */
  public EntryExists(RunId runId, long position) {
    super(
        String.format(
            Locale.ROOT, "run %s already has a journal entry at position %d", runId, position));
  }
}
